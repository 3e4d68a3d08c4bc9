import fc from "fast-check";
import assert from "node:assert/strict";
import { overlap, parseCidr, type Cidr } from "../../../model/cidr";
import { formatProblem } from "../../../model/problem";
import { checkTogether, parseSettings, type BaseSettings, type SettingsFile } from "../../../model/settings";

const values = {
    production: { account: "111111111111", zone: "example.com", network: { cidr: "10.10.0.0/16" }, backend: "s3://state-of-production" },
    staging: { account: "222222222222", zone: "staging.example.com", network: { cidr: "10.20.0.0/16" }, backend: "s3://state-of-staging" },
    dev: { account: "333333333333", zone: "dev.example.com", network: { cidr: "10.30.0.0/16" }, backend: "s3://state-of-dev" },
};

function file(kind: keyof typeof values, changed: object = {}, more: Partial<SettingsFile> = {}): SettingsFile {
    const all = { kind, app: "shop", region: "eu-west-1", ...values[kind], ...changed };
    const { settings, problems } = parseSettings(Object.fromEntries(Object.entries(all).map(([key, value]) => [`understudy:${key}`, value])), "f");
    assert.deepEqual(problems, []);
    return { file: `${kind}.yaml`, settings: settings as BaseSettings, ...more };
}

const problemsOf = (...files: readonly SettingsFile[]): readonly string[] => checkTogether(files).map((problem) => formatProblem(problem).trim());
const production = file("production");
const staging = file("staging");
const dev = file("dev");

describe("settings beside each other", () => {
    it("are right when nothing is shared", () => assert.deepEqual(problemsOf(production, staging, dev), []));

    it("are right when networks exist already, and backends are not named", () => {
        const network = { vpcId: "vpc-01234567", publicSubnetIds: ["subnet-01234567", "subnet-76543210"] };
        assert.deepEqual(problemsOf(file("staging", { network }), file("dev", { network })), []);
        const { backend: _, ...unnamed } = staging.settings;
        assert.deepEqual(problemsOf({ file: "a", settings: unnamed }, { file: "b", settings: { ...unnamed, ...dev.settings, backend: undefined } }), []);
    });

    for (const [what, files, ...problems] of [
        [
            "one kind twice",
            [staging, file("staging", { account: "444444444444", zone: "s.example.com", network: { cidr: "10.40.0.0/16" }, backend: "s3://x" }, { file: "other.yaml" })],
            'other.yaml understudy:kind: got "staging"; staging.yaml says the same, and there is one stack of a kind; keep one of the files',
        ],
        [
            "production's account",
            [production, file("dev", { account: "111111111111", app: "blog" })],
            'dev.yaml understudy:account: got "111111111111"; this is production\'s account as well (production.yaml), and whoever can change it could change production; give each its own',
        ],
        [
            "an account of one application",
            [staging, file("dev", { account: "222222222222" })],
            'dev.yaml understudy:account: got "222222222222"; this is staging\'s account as well (staging.yaml), and two environments of shop in one account would have the same roles and repositories; give each its own',
        ],
        ["an account of two applications", [staging, file("dev", { account: "222222222222", app: "blog" })]],
        [
            "a state backend",
            [staging, file("dev", { backend: "s3://state-of-staging" })],
            'dev.yaml understudy:backend: got "s3://state-of-staging"; staging keeps its state here as well (staging.yaml), and the environments of one branch on both would be the same stack; give each its own',
        ],
        [
            "a zone",
            [production, file("staging", { zone: "example.com" })],
            'staging.yaml understudy:zone: got "example.com"; this is production\'s zone as well (production.yaml); give each a zone of its own, such as staging.example.com',
        ],
        [
            "a zone around production's",
            [file("production", { zone: "www.example.org" }), file("staging", { zone: "example.org" })],
            'staging.yaml understudy:zone: got "example.org"; production\'s zone www.example.org lies inside staging\'s, example.org (production.yaml), so staging would answer for it; give each a zone of its own; only production\'s may hold the others\'',
        ],
        [
            "a zone inside staging's",
            [staging, file("dev", { zone: "dev.staging.example.com" })],
            "dev.yaml understudy:zone: got \"dev.staging.example.com\"; dev's zone dev.staging.example.com lies inside staging's, staging.example.com (staging.yaml), so staging would answer for it; give each a zone of its own; only production's may hold the others'",
        ],
        ["zones that only end alike", [file("staging", { zone: "example.com" }), file("dev", { zone: "anexample.com" })]],
        [
            "a zone that is a host of production",
            [file("production", {}, { hosts: ["www.example.com", "staging.example.com"] }), staging],
            'staging.yaml understudy:zone: got "staging.example.com"; staging.example.com is a host of production and belongs to the zone of staging, staging.example.com (production.yaml); choose another zone, or another host under x-understudy.host',
        ],
        [
            "addresses",
            [production, file("staging", { network: { cidr: "10.10.16.0/20" } })],
            "staging.yaml understudy:network.cidr: got \"10.10.16.0/20\"; production's network has addresses of this range (10.10.0.0/16 in production.yaml), so the two could never be joined; give it another, such as 10.0.0.0/20",
        ],
    ] as const) {
        it(`${problems.length > 0 ? "must not" : "may"} share ${what}`, () => assert.deepEqual(problemsOf(...files), problems));
    }

    it("have the problem in the later file, with its line", () => {
        const lines = { "understudy:network": 9 };
        const [problem, ...others] = checkTogether([staging, production, file("dev", { network: { cidr: "10.20.0.0/16" } }, { lines })]);
        assert.deepEqual([problem?.file, problem?.line, problem?.key, others], ["dev.yaml", 9, "understudy:network.cidr", []]);
    });

    it("have one problem for each two that cannot be together", () => {
        const same = { network: { cidr: "10.0.0.0/16" } };
        assert.deepEqual(
            checkTogether([file("production", same), file("staging", same), file("dev", same)]).map(({ file: its, message }) => [its, message.split("'")[0]]),
            [
                ["staging.yaml", "production"],
                ["dev.yaml", "production"],
                ["dev.yaml", "staging"],
            ],
        );
    });
});

describe("ranges of addresses", () => {
    const range = fc.record({ address: fc.nat(2 ** 12 - 1).map((number) => number * 2 ** 20), prefix: fc.integer({ min: 8, max: 24 }) });

    it("overlap when one has an end of the other", () => {
        const bounds = ({ address, prefix }: Cidr): readonly [number, number] => {
            const size = 2 ** (32 - prefix);
            const first = Math.floor(address / size) * size;
            return [first, first + size - 1];
        };
        fc.assert(
            fc.property(range, range, (a, b) => {
                const [[firstOfA, lastOfA], [firstOfB, lastOfB]] = [bounds(a), bounds(b)];
                assert.equal(overlap(a, b), firstOfA <= lastOfB && firstOfB <= lastOfA);
            }),
        );
        assert.equal(overlap(parseCidr("10.0.0.0/16")!, parseCidr("10.1.0.0/16")!), false);
    });
});
