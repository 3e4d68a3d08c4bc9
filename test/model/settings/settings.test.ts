import assert from "node:assert/strict";
import { formatProblem } from "../../../model/problem";
import fc from "fast-check";
import { parseSettings, settingKeys, type BaseSettings, type BranchSettings, type Settings } from "../../../model/settings";

const staging = { kind: "staging", app: "shop", account: "222222222222", region: "eu-west-1", zone: "staging.example.com" };
const branch = { ...staging, kind: "branch", base: "staging", baseKind: "staging", branch: "feature/search" };

function parse(values: object): { readonly settings?: Settings; readonly problems: readonly string[] } {
    const { settings, problems } = parseSettings(
        Object.fromEntries(Object.entries(values).map(([key, value]) => [`understudy:${key}`, value as unknown])),
        "Pulumi.staging.yaml",
    );
    return { settings, problems: problems.map((problem) => formatProblem(problem).replace("  Pulumi.staging.yaml understudy:", "")) };
}

describe("settings", () => {
    it("of a base need five keys, and have defaults for the others", () => {
        assert.deepEqual(parse(staging), {
            settings: {
                ...staging,
                appDir: "app",
                variables: {},
                services: {},
                capacity: "FARGATE_SPOT",
                logRetention: 30,
                network: { cidr: "10.0.0.0/16", zones: 2, nat: "none" },
                ingress: { kind: "own", shards: 1 },
                access: { addresses: [] },
                deletionProtection: false,
                branches: { ttl: 7 * 24 * 3600, maximum: 100, perOwner: 10 },
                sharedSecrets: [],
            },
            problems: [],
        });
    });

    it("of a branch need eight", () => {
        assert.deepEqual(parse(branch), {
            settings: { ...branch, appDir: "app", variables: {}, services: {}, capacity: "FARGATE_SPOT", logRetention: 7, ownSecrets: [], shard: 0, only: [] },
            problems: [],
        });
    });

    it("have the defaults of their kind", () => {
        const defaults = (kind: string): readonly unknown[] => {
            const { capacity, logRetention, deletionProtection, network } = parse({ ...staging, kind }).settings as BaseSettings;
            return [capacity, logRetention, deletionProtection, "nat" in network && network.nat];
        };
        assert.deepEqual(["production", "staging", "dev"].map(defaults), [
            ["FARGATE", 365, true, "perZone"],
            ["FARGATE_SPOT", 30, false, "none"],
            ["FARGATE_SPOT", 7, false, "none"],
        ]);
    });

    it("are the same whether Pulumi passes text or YAML gives structures", () => {
        const structured = {
            ...staging,
            logRetention: 90,
            network: { cidr: "10.1.0.0/20", zones: 3, nat: "single" },
            ingress: {
                listenerArn: "arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/a/1/2",
                securityGroupId: "sg-0123456789abcdef0",
                priorities: [100, 199],
            },
            access: { addresses: ["203.0.113.0/24"] },
            deletionProtection: true,
            services: { web: { count: 2, cpu: 512, memory: 1024 } },
            variables: { LEVEL: 3, DEBUG: true },
            images: { web: `sha256:${"0".repeat(64)}` },
            sharedSecrets: ["B", "A", "B"],
        };
        const text = Object.fromEntries(
            Object.entries(structured).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
        );
        const { settings, problems } = parse(structured);
        assert.deepEqual(problems, []);
        assert.deepEqual(parse(text).settings, settings);
        const { ingress, variables, sharedSecrets } = settings as BaseSettings;
        assert.deepEqual([ingress.kind, variables, sharedSecrets], ["existing", { LEVEL: "3", DEBUG: "true" }, ["A", "B"]]);
    });

    it("of a base may ask for several load balancers, and of a branch say which and what runs", () => {
        assert.deepEqual((parse({ ...staging, ingress: { shards: "3" } }).settings as BaseSettings).ingress, { kind: "own", shards: 3 });
        const { shard, only } = parse({ ...branch, shard: "2", only: '["web","api","web"]' }).settings as BranchSettings;
        assert.deepEqual([shard, only], [2, ["api", "web"]]);
    });

    it("may borrow a network", () => {
        const network = { vpcId: "vpc-01234567", publicSubnetIds: ["subnet-01234567", "subnet-0123456789abcdef0"] };
        assert.deepEqual((parse({ ...staging, network }).settings as BaseSettings).network, { ...network, privateSubnetIds: [] });
    });

    it("may be open to everybody", () => assert.equal((parse({ ...staging, access: "public" }).settings as BaseSettings).access, "public"));

    it("take a branch whose name looks like a number", () =>
        assert.equal((parse({ ...branch, branch: 2024 }).settings as { branch: string }).branch, "2024"));

    it("pass over keys of other namespaces", () => {
        const { settings, problems } = parseSettings(
            { ...Object.fromEntries(Object.entries(staging).map(([key, value]) => [`understudy:${key}`, value])), "aws:region": "x" },
            "f",
        );
        assert.deepEqual([settings?.region, problems], ["eu-west-1", []]);
    });

    it("are not given where they are empty, since Pulumi.yaml has the same for what is absent", () => {
        const empty = { role: "", network: {}, ingress: "{}", access: {}, deletionProtection: {}, images: {}, hours: null, sharedSecrets: "[]", logRetention: null, capacity: "" };
        assert.deepEqual(parse({ ...staging, ...empty }), parse(staging));
        assert.deepEqual(parse({ ...staging, zone: "" }), parse({ ...staging, zone: undefined }));
    });

    it("are described, each key once", () => {
        const { settings } = parse({
            ...staging,
            backend: "s3://x",
            role: "arn:aws:iam::222222222222:role/x",
            branchRole: "arn:aws:iam::222222222222:role/understudy-branches",
            secretsKey: "arn:aws:kms:eu-west-1:222222222222:key/x",
            images: { web: `sha256:${"0".repeat(64)}` },
            hours: { timezone: "UTC", start: "08:00", stop: "20:00" },
        });
        const described = Object.entries(settingKeys).filter(([, { of }]) => of !== "branch");
        assert.deepEqual(described.map(([key]) => key).toSorted(), Object.keys(settings!).toSorted());
        const ofBranch = Object.entries(settingKeys).filter(([, { of }]) => of !== "base");
        const optional = ["backend", "role", "images"];
        assert.deepEqual(ofBranch.map(([key]) => key).toSorted(), [...Object.keys(parse(branch).settings!), ...optional].toSorted());
    });
});

const accountForm = "an account id is expected, 12 digits in quotes";
const lost = (id: string): string => `${accountForm}; YAML drops leading zeros where there are no quotes, so perhaps "${id}"`;
const appForm = "2 to 16 lower-case letters, digits and single hyphens are expected, beginning with a letter, but not with aws or ssm";
const zoneForm = "a DNS name is expected, lower case and without a final dot, such as staging.example.com";
const rangeForm = "a range of IPv4 addresses such as 203.0.113.0/24 is expected; a single address ends with /32";
const baseKeys =
    "kind, app, backend, account, region, role, zone, network, ingress, access, deletionProtection, appDir, variables, images, services, capacity, logRetention, branches, hours, sharedSecrets, branchRole, secretsKey";
const ttlForm = "a duration from 1h to 365d is expected, such as 7d or 36h";
const variableForm = "a variable's name is letters, digits and underscores and does not begin with a digit";
const borrowed =
    "this is of a borrowed listener, kind existing, which has listenerArn, securityGroupId and priorities, while a load balancer of its own, kind own, has shards; " +
    "leave this out, or write kind: existing";
const retentions = "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653";

const wrong: readonly (readonly [values: object, ...problems: string[]])[] = [
    [{ kind: "stagin" }, 'kind: got "stagin"; allowed: production, staging, dev, branch'],
    [{ kind: undefined }, "kind: missing; allowed: production, staging, dev, branch"],
    [
        { kind: "x", logRetention: 8 },
        'kind: got "x"; allowed: production, staging, dev, branch',
        `logRetention: got "8"; CloudWatch keeps logs for one of these numbers of days: ${retentions}`,
    ],
    [{ account: 12345678901 }, `account: got "12345678901"; ${lost("012345678901")}`],
    [{ account: 1402433619 }, `account: got "1402433619"; ${accountForm}; without quotes YAML reads a number, and one that begins with a zero as octal`],
    [{ account: "x" }, `account: got "x"; ${accountForm}`],
    [{ account: undefined }, `account: missing; ${accountForm}`],
    [{ app: "Shop" }, `app: got "Shop"; ${appForm}`],
    [{ app: "awshop" }, `app: got "awshop"; ${appForm}`],
    [{ app: "a-very-long-name-x" }, `app: got "a-very-long-name-x"; ${appForm}`],
    [{ app: "a--b" }, `app: got "a--b"; ${appForm}`],
    [{ region: "Ireland" }, 'region: got "Ireland"; a region of the public partition is expected, such as eu-west-1'],
    [{ region: "us-gov-west-1" }, 'region: got "us-gov-west-1"; a region of the public partition is expected, such as eu-west-1'],
    [{ zone: "example.com." }, `zone: got "example.com."; ${zoneForm}`],
    [{ zone: "localhost" }, `zone: got "localhost"; ${zoneForm}`],
    [{ backend: "state" }, 'backend: got "state"; the URL of a state backend is expected: s3:// and a bucket, or file:// and an absolute path'],
    [{ backend: "file://./state" }, 'backend: got "file://./state"; the URL of a state backend is expected: s3:// and a bucket, or file:// and an absolute path'],
    [{ role: "deploy" }, 'role: got "deploy"; the ARN of a role is expected'],
    [
        { role: "arn:aws:iam::333333333333:role/x" },
        'role: got "arn:aws:iam::333333333333:role/x"; this is of account 333333333333, but understudy:account says 222222222222',
    ],
    [
        { branchRole: "arn:aws:iam::333333333333:role/x" },
        'branchRole: got "arn:aws:iam::333333333333:role/x"; this is of account 333333333333, but understudy:account says 222222222222',
    ],
    [
        { secretsKey: "arn:aws:kms:eu-north-1:222222222222:key/x" },
        'secretsKey: got "arn:aws:kms:eu-north-1:222222222222:key/x"; this is in eu-north-1, but understudy:region says eu-west-1',
    ],
    [{ regoin: "x" }, `regoin: got "x"; unknown key; did you mean "region"? allowed: ${baseKeys}`],
    [{ branch: "x" }, `branch: got "x"; unknown key; did you mean "branches"? allowed: ${baseKeys}`],
    [{ capacity: "SPOT" }, 'capacity: got "SPOT"; allowed: FARGATE, FARGATE_SPOT'],
    [{ logRetention: 1e9 }, 'logRetention: got "1000000000"; a whole number from 1 to 3653 is expected'],
    [{ logRetention: 0 }, 'logRetention: got "0"; a whole number from 1 to 3653 is expected'],
    [{ logRetention: 1e300 }, 'logRetention: got "1e+300"; a whole number from 1 to 3653 is expected'],
    [{ branches: { ttl: "5m" } }, `branches.ttl: got "5m"; ${ttlForm}`],
    [{ branches: { ttl: "2y" } }, `branches.ttl: got "2y"; ${ttlForm}`],
    [{ branches: { ttl: "400d" } }, `branches.ttl: got "400d"; ${ttlForm}`],
    [{ kind: "production", branches: { ttl: "7d" } }, "branches: no branch stands on production; remove the key"],
    [{ kind: "production", branches: 7 }, 'branches: got "7"; no branch stands on production; remove the key'],
    [{ logRetention: "some" }, 'logRetention: got "some"; a whole number from 1 to 3653 is expected'],
    [{ services: "{broken" }, 'services: got "{broken"; a map of services and their overrides is expected'],
    [{ services: { web: { cuont: 1 } } }, 'services.web.cuont: got "1"; unknown key; did you mean "count"? allowed: count, cpu, memory'],
    [{ services: { web: { count: -1 } } }, 'services.web.count: got "-1"; a whole number from 0 to 5000 is expected'],
    [
        { services: { web: { cpu: 256, memory: 4096 } } },
        "services.web: Fargate has no 4096 MiB with 256 CPU units; allowed with 256: 512, 1024, 2048",
    ],
    [{ services: { web: 2 } }, 'services.web: got "2"; a map is expected; allowed keys: count, cpu, memory'],
    [{ images: { web: "1.4" } }, 'images.web: got "1.4"; a digest is expected, sha256: and 64 hexadecimal digits'],
    [
        { variables: { "D E": "x", "": "x", "1A": "x", "A-B": "x", GOOD_1: "x" } },
        ...["D E", "", "1A", "A-B"].map((name) => `variables.${name}: got "${name}"; ${variableForm}`),
    ],
    [JSON.parse('{ "services": { "__proto__": { "count": 1 } } }') as object, "services.__proto__: nothing can have this name; choose another"],
    [JSON.parse('{ "images": { "__proto__": "1" } }') as object, 'images.__proto__: got "1"; nothing can have this name; choose another'],
    [JSON.parse('{ "variables": { "__proto__": "x" } }') as object, 'variables.__proto__: got "x"; nothing can have this name; choose another'],
    [JSON.parse('{ "network": { "__proto__": "x" } }') as object, 'network.__proto__: got "x"; unknown key; allowed: cidr, zones, nat'],
    [JSON.parse('{ "__proto__": "x" }') as object, `__proto__: got "x"; unknown key; allowed: ${baseKeys}`],
    [{ variables: { PASSWORD: ["secret"] } }, "variables.PASSWORD: a text is expected"],
    [
        { network: { cidr: "10.0.0.0/8" } },
        'network.cidr: got "10.0.0.0/8"; a private range from /16 to /24 is expected, such as 10.0.0.0/16',
    ],
    [
        { network: { cidr: "8.8.0.0/16" } },
        'network.cidr: got "8.8.0.0/16"; a private range from /16 to /24 is expected, such as 10.0.0.0/16',
    ],
    [{ network: { cidr: "10.0.7.0/20" } }, 'network.cidr: got "10.0.7.0/20"; the address has bits beyond its prefix; write 10.0.0.0/20'],
    [
        { network: { zones: 4, nat: "two" } },
        'network.zones: got "4"; a whole number from 2 to 3 is expected',
        'network.nat: got "two"; allowed: none, single, perZone',
    ],
    [
        { network: { vpcId: "vpc-x", cidr: "10.0.0.0/16" } },
        'network.vpcId: got "vpc-x"; an id such as vpc-0123456789abcdef0 is expected',
        "network.publicSubnetIds: missing; a list of subnet ids is expected",
        'network.cidr: got "10.0.0.0/16"; unknown key; allowed: vpcId, publicSubnetIds, privateSubnetIds',
    ],
    [
        { network: { vpcId: "vpc-01234567", publicSubnetIds: ["subnet-01234567"] } },
        "network.publicSubnetIds: subnets in at least two availability zones are expected, as a load balancer needs them",
    ],
    [
        { ingress: { kind: "existing" } },
        "ingress.listenerArn: missing; the ARN of an HTTPS listener of an application load balancer is expected",
        "ingress.securityGroupId: missing; an id such as sg-0123456789abcdef0 is expected",
    ],
    [
        {
            ingress: {
                listenerArn: "arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/a/1/2",
                securityGroupId: "sg-01234567",
            },
        },
        'ingress.listenerArn: got "arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/a/1/2"; this is of account 111111111111, but understudy:account says 222222222222',
    ],
    [
        {
            ingress: {
                listenerArn: "arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/a/1/2",
                securityGroupId: "sg-01234567",
                priorities: [9, 1],
            },
        },
        "ingress.priorities: the first priority is above the last; swap them",
    ],
    [
        { ingress: { kind: "own", shards: 2, priorities: [1, 9] } },
        `ingress.priorities: ${borrowed}`,
    ],
    [
        { ingress: { kind: "own", listenerArn: "x", securityGroupId: "y" } },
        `ingress.listenerArn: got "x"; ${borrowed}`,
        `ingress.securityGroupId: got "y"; ${borrowed}`,
    ],
    [{ ingress: { kind: "mine" } }, 'ingress.kind: got "mine"; allowed: own, existing'],
    [{ ingress: { kind: 1, shards: 2 } }, 'ingress.kind: got "1"; allowed: own, existing'],
    [{ ingress: { shards: 0 } }, 'ingress.shards: got "0"; a whole number from 1 to 10 is expected'],
    [{ ingress: { shards: 11 } }, 'ingress.shards: got "11"; a whole number from 1 to 10 is expected'],
    [
        {
            ingress: {
                listenerArn: "arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/a/1/2",
                securityGroupId: "sg-01234567",
                shards: 2,
            },
        },
        'ingress.shards: got "2"; a borrowed listener is on one load balancer, and there is no other to share out branches to; ' +
            "leave shards out, or listenerArn and securityGroupId for load balancers of its own",
    ],
    [
        { kind: "production", ingress: { shards: 2 } },
        'ingress.shards: got "2"; only branches are shared out to several load balancers, and none stands on production; leave this out',
    ],
    [{ access: "everybody" }, 'access: got "everybody"; either public or a map with addresses is expected'],
    [
        { access: { addresses: ["0.0.0.0/0", "203.0.113.7", "203.0.113.7/24", "::/0"] } },
        'access.addresses[0]: got "0.0.0.0/0"; this is everybody; say access: public if that is meant',
        `access.addresses[1]: got "203.0.113.7"; ${rangeForm}`,
        'access.addresses[2]: got "203.0.113.7/24"; the address has bits beyond its prefix; write 203.0.113.0/24',
        `access.addresses[3]: got "::/0"; ${rangeForm}`,
    ],
    [
        { sharedSecrets: ["A B"] },
        'sharedSecrets[0]: got "A B"; a secret\'s name is letters, digits and underscores and does not begin with a digit',
    ],
];

describe("settings that are wrong", () => {
    for (const [values, ...problems] of wrong) {
        it(`fail on ${JSON.stringify(values)}`, () =>
            assert.deepEqual(parse({ ...staging, ...values }), { settings: undefined, problems }));
    }

    it("fail on a place among load balancers that no base can have", () => {
        assert.deepEqual(parse({ ...branch, shard: 10 }).problems, ['shard: got "10"; a whole number from 0 to 9 is expected']);
    });

    it("fail on a branch that git would refuse", () => {
        assert.deepEqual(parse({ ...branch, branch: "a..b" }).problems, ['branch: got "a..b"; a branch name must not contain ".."']);
    });

    it("show no more of a long value than tells it", () => {
        const long = "x".repeat(1_000);
        const problems = [{ region: long }, { secretsKey: `arn:aws:kms:eu-west-1:111111111111:key/${long}` }, { [long]: long }].flatMap((values) => parse({ ...staging, ...values }).problems);
        assert.deepEqual(problems.map((problem) => problem.replaceAll(long, "the key").split("; ")[0]), [
            `region: got "${"x".repeat(80)}…"`,
            `secretsKey: got "arn:aws:kms:eu-west-1:111111111111:key/${"x".repeat(41)}…"`,
            `the key: got "${"x".repeat(80)}…"`,
        ]);
    });

    it("disagree as far as they are right", () => {
        const role = "arn:aws:iam::333333333333:role/x";
        const disagrees = 'role: got "arn:aws:iam::333333333333:role/x"; this is of account 333333333333, but understudy:account says 222222222222';
        assert.deepEqual(parse({ ...staging, role, capacity: "SPOT" }).problems, ['capacity: got "SPOT"; allowed: FARGATE, FARGATE_SPOT', disagrees]);
        assert.deepEqual(parse({ ...staging, role, account: "x" }).problems, [`account: got "x"; ${accountForm}`]);
    });

    it("fail with the line of the key, or of the nearest one around it", () => {
        const values = Object.fromEntries(
            Object.entries({ ...staging, services: { web: { count: "x" } } }).map(([key, value]) => [`understudy:${key}`, value]),
        );
        assert.deepEqual(parseSettings(values, "f.yaml", { "understudy:services": 7, "understudy:services.web": 8 }).problems, [
            {
                severity: "error",
                file: "f.yaml",
                line: 8,
                key: "understudy:services.web.count",
                value: "x",
                message: "a whole number from 0 to 5000 is expected",
            },
        ]);
    });
});

describe("settings of which some are wrong", () => {
    const rest = (values: object): { readonly settings: Settings; readonly wrong: readonly string[] } => {
        const { rest: found } = parseSettings(Object.fromEntries(Object.entries(values).map(([key, value]) => [`understudy:${key}`, value as unknown])), "f");
        return { settings: found!.settings, wrong: [...found!.wrong].toSorted() };
    };

    it("keep what is right, also inside a map", () => {
        const values = { ...staging, zone: "x", variables: { A: "1", "D E": "2" }, services: { web: { count: "x", cpu: 256 }, wbe: 2, api: { cpu: 256, memory: 4096 } }, images: { web: "1" } };
        const { settings, wrong } = rest(values);
        assert.deepEqual([settings.variables, settings.services], [{ A: "1" }, { web: { cpu: 256 }, wbe: {}, api: {} }]);
        assert.deepEqual([settings.region, Object.keys(settings.images!)], ["eu-west-1", ["web"]]);
        assert.deepEqual(wrong, ["images", "services", "variables", "zone"]);
    });

    it("are there whatever is missing", () => {
        for (const kind of ["production", "staging", "dev", "branch", undefined]) assert.equal(rest({ kind }).settings.app, "app");
    });

    it("are there at once, however much is wrong", function () {
        this.timeout(5000);
        const many = Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`${index} a`, "x"]));
        assert.equal(parse({ ...staging, variables: many, services: many }).problems.length, 60_000);
    });

    it("are there however deep a value is", () => {
        const deep = "[".repeat(100_000) + "]".repeat(100_000);
        assert.deepEqual(parse({ ...staging, services: deep }).problems, ["services: a map of services and their overrides is expected"]);
    });

    it("are there, with words of our own, whatever a person writes", () => {
        const keys = fc.constantFrom(...Object.keys(settingKeys), "other");
        const inner = fc.constantFrom("cidr", "kind", "shards", "priorities", "vpcId", "web", "count", "ttl", "days", "start", "stop", "addresses", "__proto__");
        const scalar = fc.oneof(fc.constantFrom("own", "existing", "mon", "08:00", "7d", "public", "{", null, NaN, true), fc.double(), fc.string());
        const value = fc.letrec((tie) => ({
            any: fc.oneof({ depthSize: "small" }, scalar, fc.array(tie("any"), { maxLength: 3 }), fc.dictionary(inner, tie("any"), { maxKeys: 3 })),
        })).any;
        fc.assert(
            fc.property(fc.constantFrom(staging, { ...staging, kind: "production" }, branch, {}), fc.dictionary(keys, value), (values, changes) => {
                const input = Object.fromEntries(Object.entries({ ...values, ...changes }).map(([key, each]) => [`understudy:${key}`, each]));
                const { settings, problems } = parseSettings(input, "f");
                assert.equal(settings === undefined, problems.length > 0);
                for (const { message } of problems) assert.doesNotMatch(message, /^(missing; )?(Invalid|Unrecognized|Too |Expected)/);
                assert.equal(new Set(problems.map((problem) => formatProblem(problem))).size, problems.length);
            }),
        );
    });
});
