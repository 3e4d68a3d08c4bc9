import assert from "node:assert/strict";
import fc from "fast-check";
import { findBranchImages, removeBranchImages } from "../../automation/aws/keptImages";
import { UnderstudyError } from "../../automation/errors";
import { ReleaseTrial } from "../../automation/release/trial";
import { lifecyclePolicy, untaggedDays, type LifecyclePolicy } from "../../components/repositories/plan";
import { releaseParameterName } from "../../model/names";
import { formatReleaseRecord, neededDigests, parseReleaseRecord } from "../../model/releaseRecord";
import { expired, type StoredImage } from "../support/lifecycle";
import { FakeRegistry, Killed, stateWith } from "./support/fakeRegistry";

type Selection = LifecyclePolicy["rules"][number]["selection"];

function policyOf(...selections: readonly Selection[]): LifecyclePolicy {
    return { rules: selections.map((selection, index) => ({ rulePriority: index + 1, description: "", selection, action: { type: "expire" } })) };
}

function newest(countNumber: number, ...tagPrefixList: readonly string[]): Selection {
    return { tagStatus: "tagged", tagPrefixList, countType: "imageCountMoreThan", countNumber };
}

/** Images by name, with how many days ago they were pushed and their tags. */
function repository(images: Readonly<Record<string, readonly [days: number, ...tags: readonly string[]]>>): readonly StoredImage[] {
    return Object.entries(images).map(([digest, [days, ...tags]]) => ({ digest, tags, pushed: -days }));
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html, with the results that stand there. */
describe("the model of ECR's lifecycle policies agrees with AWS's own examples", () => {
    const multiple = repository({ A: [10, "beta-1", "prod-1"], B: [9, "beta-2", "prod-2"], C: [8, "beta-3"] });
    const age = (tagStatus: "untagged", countNumber: number): Selection => ({ tagStatus, countType: "sinceImagePushed", countUnit: "days", countNumber });
    const rows: readonly { readonly what: string; readonly policy: LifecyclePolicy; readonly images: readonly StoredImage[]; readonly gone: readonly string[] }[] = [
        { what: "image age", policy: policyOf(age("untagged", 14)), images: repository({ A: [15], B: [14], C: [20, "x"] }), gone: ["A"] },
        {
            what: "image count",
            policy: policyOf({ tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: 1 }),
            images: repository({ A: [2], B: [1], C: [3, "x"] }),
            gone: ["A"],
        },
        { what: "multiple rules, example A", policy: policyOf(newest(1, "prod"), newest(1, "beta")), images: multiple, gone: ["A"] },
        { what: "multiple rules, example B", policy: policyOf(newest(1, "beta"), newest(1, "prod")), images: multiple, gone: ["A", "B"] },
        {
            what: "multiple tags in a single rule, example A",
            policy: policyOf({ tagStatus: "tagged", tagPrefixList: ["alpha", "beta"], countType: "sinceImagePushed", countUnit: "days", countNumber: 5 }),
            images: repository({ A: [12, "alpha-1"], B: [11, "beta-1"], C: [10, "alpha-2", "beta-2"], D: [4, "alpha-3"], E: [3, "beta-3"], F: [2, "alpha-4", "beta-4"] }),
            gone: ["C"],
        },
        {
            what: "multiple tags in a single rule, example B",
            policy: policyOf(newest(1, "alpha", "beta")),
            images: repository({ A: [10, "alpha-1", "beta-1", "gamma-1"], B: [9, "alpha-2", "beta-2"], C: [8, "alpha-3", "beta-3", "gamma-2"] }),
            gone: ["A", "B"],
        },
        {
            what: "all images, example A",
            policy: policyOf({ tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 }),
            images: repository({ A: [4, "alpha-1"], B: [3, "beta-1"], C: [2], D: [1, "alpha-2"] }),
            gone: ["A", "B", "C"],
        },
        {
            // The page says that D goes, and that the newest image stays; D and E are of the same day there.
            what: "all images, example B",
            policy: policyOf(newest(1, "alpha"), age("untagged", 1), { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 }),
            images: repository({ A: [4, "alpha-1", "beta-1"], B: [3], C: [2, "alpha-2"], D: [1.0, "git hash"], E: [0.9] }),
            gone: ["A", "B", "D"],
        },
    ];
    for (const { what, policy, images, gone } of rows) it(what, () => assert.deepEqual([...expired(policy, images, 0)].sort(), gone));

    it("what a manifest list needs", () => {
        const images = [{ digest: "list", tags: ["1"], pushed: -90, lists: ["amd64"] }, ...repository({ amd64: [90], other: [90] })];
        assert.deepEqual([...expired(policyOf(age("untagged", 30)), images, 0)], ["other"]);
    });
});

/** The repository of one own image in staging's account, with staging and two branches, two services of each of which run it. */
const environments = ["staging", "feature-x-1a2b3c4d", "x-1a2b3c4d"] as const;
type Name = (typeof environments)[number];
const kept = { tagPrefix: "staging.", count: 2 };
const ends = ["up", "failed", "stopped"] as const;

type Operation =
    | { readonly do: "push"; readonly tag: string | undefined; readonly list: boolean }
    | { readonly do: "deploy"; readonly name: Name; readonly choice: number; readonly end: (typeof ends)[number]; readonly reached: readonly [boolean, boolean]; readonly calls: number | undefined }
    | { readonly do: "remove"; readonly name: Name }
    | { readonly do: "wait"; readonly days: number };

const operation = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant("push" as const), tag: fc.constantFrom("staging.1", "staging.2", "staging.3", "main", ...environments.slice(1), undefined), list: fc.boolean() }) },
    {
        weight: 4,
        arbitrary: fc.record({
            do: fc.constant("deploy" as const),
            name: fc.constantFrom(...environments),
            choice: fc.nat(20),
            end: fc.constantFrom(...ends),
            reached: fc.tuple(fc.boolean(), fc.boolean()),
            calls: fc.option(fc.nat(12), { nil: undefined }),
        }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("remove" as const), name: fc.constantFrom(...environments.slice(1)) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), days: fc.constantFrom(1, untaggedDays, 400) }) },
) as fc.Arbitrary<Operation>;

interface Service {
    /** What its tasks run. */
    readonly runs: ReadonlySet<string>;
    /** What ECS goes back to. */
    readonly completed: string | undefined;
}

/** Environments whose services ECS runs, some of the way, with the real trial of a release in between. */
class Account {
    readonly registry = new FakeRegistry();
    readonly services = new Map<Name, readonly Service[]>(environments.map((name) => [name, none]));
    /** Environments whose stack has the record. */
    private readonly made = new Set<string>();
    private pushes = 0;

    async run(operation: Operation): Promise<void> {
        switch (operation.do) {
            case "push": {
                const lists = operation.list ? [this.registry.push("shop/web", `part of ${this.pushes}`, undefined)] : [];
                this.registry.push("shop/web", `${this.pushes++}`, operation.tag, lists);
                return;
            }
            case "deploy":
                return this.deploy(operation);
            case "remove":
                this.services.set(operation.name, none);
                this.registry.parameters.delete(releaseParameterName("shop", operation.name));
                this.made.delete(operation.name);
                await removeBranchImages(this.registry.clients, await findBranchImages(this.registry.clients, ["shop/web"], operation.name));
                return;
            case "wait":
                this.registry.today += operation.days;
                this.registry.expire("shop/web", expired(lifecyclePolicy(kept), this.registry.stored("shop/web"), this.registry.today));
        }
    }

    /** Digests that may run, that ECS may go back to, or that somebody may have ECS go back to by the record. */
    needed(): ReadonlySet<string> {
        const all = environments.flatMap((name) => {
            const record = parseReleaseRecord(this.registry.parameters.get(releaseParameterName("shop", name)) ?? "");
            const running = this.services.get(name)!.flatMap(({ runs, completed }) => [...runs, ...(completed === undefined ? [] : [completed])]);
            return [...running, ...(record === undefined ? [] : (neededDigests(record)["web"] ?? []))];
        });
        const lists = this.registry.stored("shop/web").filter(({ digest }) => all.includes(digest)).flatMap((image) => image.lists ?? []);
        return new Set([...all, ...lists]);
    }

    private async deploy({ name, choice, end, reached, calls }: Operation & { readonly do: "deploy" }): Promise<void> {
        const there = this.registry.stored("shop/web").filter(({ digest }) => !this.registry.stored("shop/web").some(({ lists = [] }) => lists.includes(digest)));
        const web = there[choice % Math.max(there.length, 1)]?.digest;
        if (web === undefined) return;
        const trial = new ReleaseTrial({ emit: () => undefined, aws: this.registry.clients, environment: { app: "shop", name, services: [], images: [] }, wayBack: "" });
        this.registry.callsLeft = calls ?? Infinity;
        try {
            await trial.run(async () => {
                await trial.running();
                await trial.begin({ web }, stateWith(this.made, name));
                this.update(name, web, end, reached);
            });
        } catch (error) {
            if (!(error instanceof Killed) && !(error instanceof UnderstudyError)) throw error;
        } finally {
            this.registry.callsLeft = Infinity;
        }
    }

    /** The engine makes the record's place, as the program says it, and ECS deploys what the engine has reached. */
    private update(name: Name, web: string, end: (typeof ends)[number], reached: readonly boolean[]): void {
        const parameter = releaseParameterName("shop", name);
        if (!this.registry.parameters.has(parameter)) this.registry.parameters.set(parameter, formatReleaseRecord({ images: { web }, former: {} }));
        this.made.add(name);
        const before = this.services.get(name)!;
        if (end === "up") {
            this.services.set(name, before.map(() => ({ runs: new Set([web]), completed: web })));
            return;
        }
        // Some services have come up with it, the others try it beside what they ran before.
        const now = before.map(({ runs, completed }, index) => (reached[index] === true ? { runs: new Set([web]), completed: web } : { runs: new Set([...runs, web]), completed }));
        this.services.set(name, now);
        throw new UnderstudyError(end === "failed" ? "deployment-failed" : "interrupted", end, "");
    }
}

const none: readonly Service[] = [0, 1].map(() => ({ runs: new Set<string>(), completed: undefined }));

describe("the lifecycle of a repository", () => {
    it("never takes an image that an environment runs or could go back to, whatever is pushed, deployed, killed and removed, and however long it runs", async () => {
        await fc.assert(
            fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 40 }), async (operations) => {
                const account = new Account();
                for (const [index, each] of operations.entries()) {
                    const needed = account.needed();
                    const before = account.registry.stored("shop/web");
                    await account.run(each);
                    if (each.do === "deploy") assert.equal(account.registry.stored("shop/web").length, before.length, "a deployment deletes no image");
                    const stillNeeded = [...account.needed()].filter((digest) => needed.has(digest));
                    for (const digest of stillNeeded) assert.ok(account.registry.has("shop/web", digest), `${digest} is gone after step ${index}`);
                }
            }),
            { numRuns: 400 },
        );
    });

    it("takes what no environment needs any more", async () => {
        const account = new Account();
        const push = (tag: string): Operation => ({ do: "push", tag, list: false });
        const deploy = (name: Name, digest: string | undefined): Promise<void> => {
            const choice = account.registry.stored("shop/web").findIndex((image) => image.digest === digest);
            return account.run({ do: "deploy", name, choice, end: "up", reached: [true, true], calls: undefined });
        };
        for (const release of [1, 2, 3, 4]) {
            await account.run(push(`staging.${release}`));
            await deploy("staging", account.registry.digestOf("shop/web", `staging.${release}`));
            await account.run({ do: "wait", days: 1 });
        }
        await account.run(push("x-1a2b3c4d"));
        await deploy("x-1a2b3c4d", account.registry.digestOf("shop/web", "x-1a2b3c4d"));
        await account.run({ do: "wait", days: 400 });
        const tags = (): readonly string[] => account.registry.stored("shop/web").flatMap((image) => image.tags.filter((tag) => !tag.startsWith("keep.")));
        assert.deepEqual(tags(), ["staging.3", "staging.4", "x-1a2b3c4d"]);
        await account.run({ do: "remove", name: "x-1a2b3c4d" });
        assert.deepEqual(tags(), ["staging.3", "staging.4"]);
    });
});
