import assert from "node:assert/strict";
import {
    branchMainHost,
    branchId,
    branchServiceHost,
    branchRolePath,
    bucketName,
    discoveryName,
    familyName,
    logGroupName,
    queueName,
    registryTableName,
    releaseParameterName,
    repositoryName,
    rolePath,
} from "../../model/names";
import { examples, fill } from "../../docs/policies/fill";
import { allows, type Call } from "./evaluate";
import { unknownActions } from "./knownActions";
import { actionsOfEngine, actionsOfPush, actionsOfRole, actionsOfTypes, spelledOut } from "./neededActions";
import { allStatements, deployPolicies, files, policies, statementsOf, textOf } from "./policyDocuments";
import { readProjectFile, sourcesIn, tableRows } from "./sources";
import { actionsOfTool } from "./toolCalls";

const page = readProjectFile("docs/accounts.md");
const githubPage = readProjectFile("docs/github.md");
const deploy = deployPolicies.flatMap(statementsOf);
const allowed = new Set(deploy.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action));

describe("the policies of docs/accounts.md", () => {
    it("have statements with names of their own", () => {
        const names = policies.flatMap((policy) => statementsOf(policy).map(({ Sid }) => Sid));
        assert.deepEqual(names, [...new Set(names)]);
        assert.ok(names.every((name) => /^[A-Za-z]+$/.test(name)));
    });

    it("allow no action by a pattern", () => {
        const patterns = allStatements.flatMap(({ Effect, Action }) =>
            Effect === "Allow" ? Action.filter((action) => /[*?]/.test(action)) : [],
        );
        assert.deepEqual(patterns, []);
    });

    it("name their resources, or stand on the page with the reason", () => {
        const onAll = allStatements
            .filter(({ Effect, Resource }) => Effect === "Allow" && Resource.includes("*"))
            .map(({ Sid, policy }) => `${policy} ${Sid}`);
        const explained = tableRows(page, "Where a policy says `*`").flatMap(([policy = "", names = ""]) =>
            names.split(", ").map((name) => `${unquoted(policy)} ${unquoted(name)}`),
        );
        assert.deepEqual(explained.toSorted(), onAll.toSorted());
    });

    it("fit into a managed policy, which holds 6,144 characters", () => {
        const tooLong = [...deployPolicies, "branches-limits"].filter((name) => JSON.stringify(JSON.parse(textOf(name))).length > 6_144);
        assert.deepEqual(tooLong, []);
    });

    it("are all used on the page, and the page uses no other", () => {
        const rows = [...tableRows(page, "4. The deploy role"), ...tableRows(githubPage, "2. Roles")];
        const described = rows.flatMap(([links = ""]) => links.split(", "));
        assert.deepEqual(described.toSorted(), files.map((name) => `[\`${name}\`](policies/${name}.json)`).sort());
    });

    it("name actions that AWS knows", async () => {
        const actions = new Set(allStatements.flatMap(({ Effect, Action }) => (Effect === "Allow" ? Action : [])));
        assert.deepEqual(await unknownActions([...actions]), []);
    });
});

describe("who may become a role", () => {
    const trust = policies.filter((name) => name.endsWith("-trust")).flatMap(statementsOf);

    it("is nobody without a condition", () => {
        assert.deepEqual(
            trust.filter(({ Condition }) => Object.keys(Condition).length === 0),
            [],
        );
    });

    it("is of GitHub's workflows only those of one repository: on its default branch, of its pull requests, or in an environment", () => {
        const github = trust.filter(({ Principal }) => typeof Principal === "object" && "Federated" in Principal);
        const of = (name: string): string => `token.actions.githubusercontent.com:${name}`;
        const aud = { [of("aud")]: ["sts.amazonaws.com"] };
        const ref = { [of("ref")]: ["refs/heads/main"] };
        assert.deepEqual(Object.fromEntries(github.map(({ policy, Action, Condition }) => [policy, [Action, Condition]])), {
            "branches-trust": [["sts:AssumeRoleWithWebIdentity"], { StringEquals: { ...aud, [of("sub")]: ["repo:example/environments:pull_request", "repo:example/environments:ref:refs/heads/main"] } }],
            "deploy-trust": [["sts:AssumeRoleWithWebIdentity"], { StringEquals: { ...aud, ...ref, [of("sub")]: ["repo:example/environments:environment:staging"] } }],
            "forks-trust": [["sts:AssumeRoleWithWebIdentity"], { StringEquals: { ...aud, ...ref, [of("sub")]: ["repo:example/environments:environment:forks"] } }],
        });
    });

    it("is of GitHub's workflows none by a pattern", () => {
        const operators = trust.flatMap(({ Condition }) => Object.entries(Condition).flatMap(([operator, keys]) => (Object.keys(keys).some((key) => key.startsWith("token.")) ? [operator] : [])));
        assert.deepEqual([...new Set(operators)], ["StringEquals"]);
        assert.doesNotMatch(JSON.stringify(trust), /repo:[^"]*[*?]/);
    });

    it("is no service on behalf of somebody else's account", () => {
        const unguarded = allStatements.filter(
            ({ Principal, Condition }) =>
                typeof Principal === "object" &&
                "Service" in Principal &&
                !Object.values(Condition).some((keys) => "aws:SourceAccount" in keys || "aws:SourceArn" in keys),
        );
        assert.deepEqual(unguarded, []);
    });
});

describe("what the deploy role may do", () => {
    const own = { "aws:ResourceTag/understudy:app": "shop" };
    const id = branchId("feature/search");
    const boundary = "arn:aws:iam::222222222222:policy/shop/staging/shop-staging-branches";

    it("is what the program, the engine and the tool ask for, and nothing else", async () => {
        const types = new Set(
            sourcesIn("components", "stacks").flatMap((source) =>
                [...source.matchAll(/(?:new |\b)(awsx?\.\w+\.(?:get)?[A-Z]\w+)\(/g)].map(([, type = ""]) => type),
            ),
        );
        assert.deepEqual([...types].sort(), Object.keys(actionsOfTypes).sort());

        const needed = new Set([...Object.values(actionsOfTypes), actionsOfEngine, actionsOfRole, actionsOfPush].flatMap(spelledOut));
        for (const action of await actionsOfTool()) needed.add(action);
        assert.deepEqual(
            {
                missing: [...needed].filter((action) => !allowed.has(action)),
                needless: [...allowed].filter((action) => !needed.has(action)),
            },
            { missing: [], needless: [] },
        );
    });

    const made: readonly (readonly [action: string, resource: string])[] = [
        ["ecs:CreateCluster", "arn:aws:ecs:eu-west-1:222222222222:cluster/shop-staging"],
        ...[undefined, id].map(
            (of) => ["ecs:UpdateService", `arn:aws:ecs:eu-west-1:222222222222:service/shop-staging/${discoveryName("api", of)}`] as const,
        ),
        ...["staging", id].flatMap((name) => [
            [
                "ecs:RegisterTaskDefinition",
                `arn:aws:ecs:eu-west-1:222222222222:task-definition/${familyName("shop", name, "web")}:1`,
            ] as const,
            ["logs:CreateLogGroup", `arn:aws:logs:eu-west-1:222222222222:log-group:${logGroupName("shop", name, "web")}`] as const,
            [
                "logs:GetLogEvents",
                `arn:aws:logs:eu-west-1:222222222222:log-group:${logGroupName("shop", name, "web")}:log-stream:web/web/0a1b`,
            ] as const,
            ["ssm:PutParameter", `arn:aws:ssm:eu-west-1:222222222222:parameter${releaseParameterName("shop", name)}`] as const,
        ]),
        ...["staging", id].flatMap((name) => [
            ["sqs:CreateQueue", `arn:aws:sqs:eu-west-1:222222222222:${queueName("shop", name, { name: "orders", fifo: true }, "-dead")}`] as const,
            ["s3:CreateBucket", `arn:aws:s3:::${bucketName({ app: "shop", account: "222222222222", region: "eu-west-1" }, name, { name: "uploads" })}`] as const,
            ["s3:DeleteObjectVersion", `arn:aws:s3:::${bucketName({ app: "shop", account: "222222222222", region: "eu-west-1" }, name, { name: "uploads" })}/a`] as const,
        ]),
        // The last four are the two sides of a release's copy.
        ...["CreateRepository", "BatchDeleteImage", "BatchGetImage", "GetDownloadUrlForLayer", "PutImage", "UploadLayerPart"].map(
            (action) => [`ecr:${action}`, `arn:aws:ecr:eu-west-1:222222222222:repository/${repositoryName("shop", "web")}`] as const,
        ),
        ["iam:CreateRole", `arn:aws:iam::222222222222:role${rolePath("shop", "staging")}staging-web-execution-1a2b3c4`],
        ["iam:CreatePolicy", boundary],
    ];
    for (const [action, resource] of made) {
        it(`covers ${action} on ${resource.split(":").slice(5).join(":")}`, () => {
            assert.equal(allows(deploy, { action, resource }), true);
        });
    }

    it("makes a branch's role only inside the boundary, and never takes the boundary away", () => {
        const resource = `arn:aws:iam::222222222222:role${branchRolePath("shop", "staging")}1a2b3c4d-services-task-1a2b3c4`;
        const inside = { "iam:PermissionsBoundary": boundary };
        const outside = { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" };
        for (const action of ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"]) {
            assert.deepEqual(
                [inside, outside, {}].map((context) => allows(deploy, { action, resource, context })),
                [true, false, false],
                action,
            );
        }
        assert.equal(allows(deploy, { action: "iam:DeleteRolePermissionsBoundary", resource, context: inside }), false);
    });

    it("hands roles to tasks of ECS and to nothing else", () => {
        const resource = `arn:aws:iam::222222222222:role${rolePath("shop", "staging")}staging-web-task-1a2b3c4`;
        const pass = (service: string): boolean =>
            allows(deploy, { action: "iam:PassRole", resource, context: { "iam:PassedToService": service } });
        assert.deepEqual([pass("ecs-tasks.amazonaws.com"), pass("lambda.amazonaws.com")], [true, false]);
    });

    /** Names as IAM sees them: lower case, without a closing dot, and `\\052` for the asterisk of a wildcard. */
    const zone = "staging.example.com";
    for (const { name, type = "A", may } of [
        { name: zone, may: true },
        { name: `\\052.${zone}`, may: true },
        { name: branchMainHost(zone, id), may: true },
        { name: branchMainHost(zone, branchId("日本")), may: true },
        { name: branchServiceHost(zone, id, { name: "admin", main: false }), may: true },
        { name: branchServiceHost(zone, id, { name: "a".repeat(63), main: false }), may: true },
        { name: `_0a1b2c3d.${zone}`, type: "CNAME", may: true },
        { name: `www.${zone}`, may: false },
        { name: `mail.${zone}`, type: "CNAME", may: false },
        { name: branchMainHost(zone, id), type: "CNAME", may: false },
        { name: branchMainHost(zone, id), type: "NS", may: false },
        { name: branchMainHost("example.com", id), may: false },
        { name: `_0a1b2c3d.${zone}`, may: false },
        { name: `\\052.example.com`, may: false },
    ]) {
        it(`${may ? "writes" : "does not write"} a record ${type} for ${name}`, () => {
            const keys = { RecordTypes: [type], NormalizedRecordNames: [name], Actions: ["CREATE"] };
            const context = Object.fromEntries(Object.entries(keys).map(([key, values]) => [`route53:ChangeResourceRecordSets${key}`, values]));
            assert.equal(allows(deploy, { action: "route53:ChangeResourceRecordSets", resource: "arn:aws:route53:::hostedzone/Z0000000000EXAMPLE", context }), may);
        });
    }

    it("writes no two records at once of which one is not its own", () => {
        const context = {
            "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": [branchMainHost(zone, id), `www.${zone}`],
        };
        assert.equal(allows(deploy, { action: "route53:ChangeResourceRecordSets", resource: "arn:aws:route53:::hostedzone/Z0000000000EXAMPLE", context }), false);
    });

    const refused: Readonly<Record<string, Call>> = {
        "read a secret": {
            action: "ssm:GetParameter",
            resource: "arn:aws:ssm:eu-west-1:222222222222:parameter/shop/staging/SESSION_SECRET",
        },
        "widen its own rights": { action: "iam:PutRolePolicy", resource: "arn:aws:iam::222222222222:role/understudy-deploy" },
        "make a role beside its paths": { action: "iam:CreateRole", resource: "arn:aws:iam::222222222222:role/shop/elsewhere-1a2b3c4" },
        "attach a policy of AWS to a role": {
            action: "iam:AttachRolePolicy",
            resource: "arn:aws:iam::222222222222:role/shop/staging/staging-web-task-1a2b3c4",
        },
        "remove the public zone": { action: "route53:DeleteHostedZone", resource: "arn:aws:route53:::hostedzone/Z0000000000EXAMPLE" },
        "write a delegation": {
            action: "route53:ChangeResourceRecordSets",
            resource: "arn:aws:route53:::hostedzone/Z0000000000EXAMPLE",
            context: {
                "route53:ChangeResourceRecordSetsRecordTypes": ["NS"],
                "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["other.staging.example.com"],
            },
        },
        "get a certificate for another name": {
            action: "acm:RequestCertificate",
            resource: "*",
            context: { ...requestOf("eu-west-1"), "acm:ValidationMethod": "DNS", "acm:DomainNames": ["example.com"] },
        },
        "remove another application's network": {
            action: "ec2:DeleteVpc",
            resource: "arn:aws:ec2:eu-west-1:222222222222:vpc/vpc-1",
            context: { "aws:ResourceTag/understudy:app": "blog" },
        },
        "remove another application's images": {
            action: "ecr:BatchDeleteImage",
            resource: "arn:aws:ecr:eu-west-1:222222222222:repository/blog/web",
        },
        "read the images of another account": {
            action: "ecr:GetDownloadUrlForLayer",
            resource: "arn:aws:ecr:eu-west-1:111111111111:repository/shop/web",
        },
        "make a network that is not marked": { action: "ec2:CreateVpc", resource: "arn:aws:ec2:eu-west-1:222222222222:vpc/vpc-1" },
        "mark somebody else's network as its own": {
            action: "ec2:CreateTags",
            resource: "arn:aws:ec2:eu-west-1:222222222222:vpc/vpc-1",
            context: requestOf("eu-west-1"),
        },
        "read the state of another account": {
            action: "s3:GetObject",
            resource: "arn:aws:s3:::understudy-state-111111111111/.pulumi/meta.yaml",
        },
    };
    for (const [deed, call] of Object.entries(refused)) {
        it(`does not ${deed}`, () => {
            assert.equal(allows(deploy, call), false);
        });
    }

    it("covers the same deeds where they are its own", () => {
        const calls: readonly Call[] = [
            { action: "ec2:DeleteVpc", resource: "arn:aws:ec2:eu-west-1:222222222222:vpc/vpc-1", context: own },
            { action: "ec2:CreateVpc", resource: "arn:aws:ec2:eu-west-1:222222222222:vpc/vpc-1", context: requestOf("eu-west-1") },
            {
                action: "ec2:CreateTags",
                resource: "arn:aws:ec2:eu-west-1:222222222222:vpc/vpc-1",
                context: { ...requestOf("eu-west-1"), "ec2:CreateAction": "CreateVpc" },
            },
            {
                action: "acm:RequestCertificate",
                resource: "*",
                context: { ...requestOf("eu-west-1"), "acm:ValidationMethod": "DNS", "acm:DomainNames": ["*.staging.example.com"] },
            },
            {
                action: "route53:ChangeResourceRecordSets",
                resource: "arn:aws:route53:::hostedzone/Z0000000000EXAMPLE",
                context: {
                    "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["\\052.staging.example.com"],
                },
            },
        ];
        assert.deepEqual(
            calls.map((call) => allows(deploy, call)),
            calls.map(() => true),
        );
    });
});

describe("what the role of branches may do", () => {
    const attached = listedPolicies(githubPage);
    const branches = attached.flatMap(statementsOf);
    const id = branchId("staging"); // a branch whose name is its base's
    const boundary = { "iam:PermissionsBoundary": "arn:aws:iam::222222222222:policy/shop/staging/shop-staging-branches" };
    const tagged = (environment: string): Call["context"] => ({ "aws:ResourceTag/understudy:app": "shop", "aws:ResourceTag/understudy:environment": environment });
    const regional = "eu-west-1:222222222222";
    const states = "arn:aws:s3:::understudy-state-222222222222/.pulumi";

    it("is what the deploy role may do, within limits; no role takes more than ten policies", () => {
        assert.deepEqual(attached.toSorted(), [...deployPolicies, "branches-limits"].sort());
        assert.ok(attached.length <= 10);
        assert.ok(statementsOf("branches-limits").every(({ Effect }) => Effect === "Deny"));
    });

    /** The same deed on what is a branch's, and on what is its base's. */
    const deeds: readonly (readonly [action: string, resource: (environment: string) => string, context?: (environment: string) => Call["context"]])[] = [
        ["ecs:UpdateService", (name) => `arn:aws:ecs:${regional}:service/shop-staging/${discoveryName("api", name === "staging" ? undefined : name)}`, tagged],
        ["ecs:DeleteService", (name) => `arn:aws:ecs:${regional}:service/shop-staging/${discoveryName("api", name === "staging" ? undefined : name)}`, tagged],
        ["elasticloadbalancing:ModifyRule", () => `arn:aws:elasticloadbalancing:${regional}:listener-rule/app/ingress-balancer-1/1/2/3`, tagged],
        ["elasticloadbalancing:DeleteTargetGroup", () => `arn:aws:elasticloadbalancing:${regional}:targetgroup/x/1`, tagged],
        ["servicediscovery:DeleteService", () => `arn:aws:servicediscovery:${regional}:service/srv-1`, tagged],
        ["logs:DeleteLogGroup", (name) => `arn:aws:logs:${regional}:log-group:${logGroupName("shop", name, "web")}`],
        ["ssm:PutParameter", (name) => `arn:aws:ssm:${regional}:parameter${releaseParameterName("shop", name)}`],
        ["sqs:DeleteQueue", (name) => `arn:aws:sqs:${regional}:${queueName("shop", name, { name: "orders", fifo: false })}`],
        ["s3:DeleteBucket", (name) => `arn:aws:s3:::${bucketName({ app: "shop", account: "222222222222", region: "eu-west-1" }, name, { name: "uploads" })}`],
        ["s3:DeleteObjectVersion", (name) => `arn:aws:s3:::${bucketName({ app: "shop", account: "222222222222", region: "eu-west-1" }, name, { name: "uploads" })}/a`],
        [
            "dynamodb:UpdateItem",
            () => `arn:aws:dynamodb:${regional}:table/${registryTableName("shop", "staging")}`,
            (name) => ({ "dynamodb:LeadingKeys": name === "staging" ? "base" : "environment" }),
        ],
        ...["A", "CNAME"].map(
            (type) =>
                [
                    "route53:ChangeResourceRecordSets",
                    () => "arn:aws:route53:::hostedzone/Z0000000000EXAMPLE",
                    (name: string) => ({
                        "route53:ChangeResourceRecordSetsRecordTypes": [name === "staging" ? type : "A"],
                        "route53:ChangeResourceRecordSetsNormalizedRecordNames": [name !== "staging" ? branchMainHost("staging.example.com", name) : type === "A" ? "\\052.staging.example.com" : "_0a1b.staging.example.com"],
                    }),
                ] as const,
        ),
        ["iam:CreateRole", (name) => `arn:aws:iam::222222222222:role${name === "staging" ? rolePath("shop", "staging") : branchRolePath("shop", "staging")}${name}-web-task-1a2b3c4`, () => boundary],
        ["iam:PassRole", (name) => `arn:aws:iam::222222222222:role${name === "staging" ? rolePath("shop", "staging") : branchRolePath("shop", "staging")}${name}-web-task-1a2b3c4`, () => ({ "iam:PassedToService": "ecs-tasks.amazonaws.com" })],
        ...["stacks/understudy/NAME.json", "history/understudy/NAME/NAME-1.history.json", "backups/understudy/NAME/NAME.1.json", "locks/organization/understudy/NAME/1.json"].map(
            (key) => ["s3:PutObject", (name: string) => `${states}/${key.replaceAll("NAME", name === "staging" ? name : `branch-${name}`)}`] as const,
        ),
    ];
    for (const [action, resource, context] of deeds) {
        it(`${action} on what is a branch's, and not on ${resource("staging").split(":").slice(5).join(":")}`, () => {
            const allowedOn = (name: string): boolean => allows(branches, { action, resource: resource(name), context: context?.(name) ?? {} });
            assert.deepEqual([allowedOn(id), allowedOn("staging")], [true, false]);
            assert.equal(allows(deploy, { action, resource: resource("staging"), context: context?.("staging") ?? {} }), true, "the deploy role may not do it either, so this proves nothing");
        });
    }

    const refused: Readonly<Record<string, Call>> = {
        "widen the boundary of branches": { action: "iam:CreatePolicyVersion", resource: "arn:aws:iam::222222222222:policy/shop/staging/shop-staging-branches" },
        "become the deploy role": { action: "sts:AssumeRole", resource: "arn:aws:iam::222222222222:role/understudy-deploy" },
        "make a load balancer": { action: "elasticloadbalancing:CreateLoadBalancer", resource: `arn:aws:elasticloadbalancing:${regional}:loadbalancer/app/ingress-balancer-1/1`, context: requestOf("eu-west-1") },
        "take the wildcard's record": {
            action: "route53:ChangeResourceRecordSets",
            resource: "arn:aws:route53:::hostedzone/Z0000000000EXAMPLE",
            context: { "route53:ChangeResourceRecordSetsRecordTypes": ["A"], "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["\\052.staging.example.com"] },
        },
        "remove a repository": { action: "ecr:DeleteRepository", resource: `arn:aws:ecr:${regional}:repository/shop/api`, context: tagged("staging") ?? {} },
        "remove the network": { action: "ec2:DeleteVpc", resource: `arn:aws:ec2:${regional}:vpc/vpc-1`, context: tagged("staging") ?? {} },
    };
    for (const [deed, call] of Object.entries(refused)) it(`does not ${deed}`, () => assert.equal(allows(branches, call), false));

    it("removes no image and no tag of one, which is left to the deploy role, and pushes", () => {
        const resource = `arn:aws:ecr:${regional}:repository/${repositoryName("shop", "api")}`;
        for (const context of [{}, tagged("staging") ?? {}, tagged(id) ?? {}]) {
            assert.deepEqual([branches, deploy].map((role) => allows(role, { action: "ecr:BatchDeleteImage", resource, context })), [false, true]);
            assert.equal(allows(branches, { action: "ecr:PutImage", resource, context }), true);
        }
    });

    it("changes nothing of the network, and reads it", () => {
        const context = { ...tagged("staging"), ...requestOf("eu-west-1"), "ec2:CreateAction": "CreateVpc" };
        const actions = [...new Set(statementsOf("deploy-network").flatMap(({ Action }) => Action))];
        const may = actions.filter((action) => allows(branches, { action, resource: `arn:aws:ec2:${regional}:vpc/vpc-1`, context }));
        assert.deepEqual(may, actions.filter((action) => action.startsWith("ec2:Describe")));
        assert.ok(may.length > 10);
    });

    it("reads the base's state, and becomes itself", () => {
        assert.deepEqual(
            [
                { action: "s3:GetObject", resource: `${states}/stacks/understudy/staging.json` },
                { action: "sts:AssumeRole", resource: "arn:aws:iam::222222222222:role/understudy-branches" },
            ].map((call) => allows(branches, call)),
            [true, true],
        );
    });
});

describe("what the roles of builds may do", () => {
    const build = [...statementsOf("build"), ...statementsOf("push-images")];
    const becoming: Call = { action: "sts:AssumeRole", resource: "arn:aws:iam::222222222222:role/understudy-deploy" };

    it("is pushing images and writing their logs", () => {
        const allowed: readonly Call[] = [
            { action: "ecr:PutImage", resource: "arn:aws:ecr:eu-west-1:222222222222:repository/shop/web" },
            { action: "logs:CreateLogStream", resource: "arn:aws:logs:eu-west-1:222222222222:log-group:/aws/codebuild/shop-web:log-stream:1a2b" },
        ];
        const refused: readonly Call[] = [
            { action: "ecr:BatchDeleteImage", resource: "arn:aws:ecr:eu-west-1:222222222222:repository/shop/web" },
            { action: "ssm:PutParameter", resource: "arn:aws:ssm:eu-west-1:222222222222:parameter/shop/staging/understudy/release" },
            becoming,
        ];
        assert.deepEqual([allowed, refused].map((calls) => calls.map((call) => allows(build, call))), [allowed.map(() => true), refused.map(() => false)]);
    });

    it("is becoming the deploy role of this account for those of default branches alone, on both sides", () => {
        const deploying = [...build, ...statementsOf("build-deploy")];
        const elsewhere = { ...becoming, resource: "arn:aws:iam::111111111111:role/understudy-deploy" };
        assert.deepEqual([becoming, elsewhere].map((call) => allows(deploying, call)), [true, false]);

        const roles = statementsOf("deploy-trust").flatMap(({ Condition }) => Condition["ArnEquals"]?.["aws:PrincipalArn"] ?? []);
        assert.deepEqual(roles, ["understudy-deploy", "understudy-build-deploy"].map((name) => `arn:aws:iam::222222222222:role/${name}`));
    });

    it("is that of one application's projects in this account", () => {
        assert.deepEqual(
            statementsOf("build-trust").map(({ Principal, Condition }) => ({ Principal, Condition })),
            [
                {
                    Principal: { Service: "codebuild.amazonaws.com" },
                    Condition: {
                        StringEquals: { "aws:SourceAccount": ["222222222222"] },
                        ArnLike: { "aws:SourceArn": ["arn:aws:codebuild:eu-west-1:222222222222:project/shop-*"] },
                    },
                },
            ],
        );
    });
});

describe("filling in a policy", () => {
    const mine = {
        ACCOUNT: "444444444444",
        APP: "blog",
        AWS_REGION: "us-east-1",
        BASE: "dev",
        BUCKET: "state-of-staging",
        DEFAULT_REF: "refs/heads/trunk",
        OPERATORS: "arn:aws:iam::555555555555:role/shop-people",
        OPERATORS_ACCOUNT: "555555555555",
        ORGANIZATION: "o-mine",
        REPOSITORY: "blog/shop",
        ZONE: "dev.shop.example.org",
        ZONE_ID: "Z1MINE",
    };

    for (const name of files) {
        it(`gives ${name} back when the values are the examples'`, () => {
            assert.deepEqual(JSON.parse(fill(textOf(name), examples)), JSON.parse(textOf(name)));
        });
    }

    it("replaces each example once, also where a value holds another example", () => {
        const text = JSON.stringify(Object.values(examples));
        assert.deepEqual(
            JSON.parse(fill(text, mine)),
            Object.keys(examples).map((name) => mine[name as keyof typeof mine]),
        );
    });

    it("fails on all values that it needs and does not have", () => {
        assert.throws(() => fill(textOf("state-bucket"), { BUCKET: "" }), {
            message: "set ACCOUNT; the example is 222222222222\nset BUCKET; the example is understudy-state-222222222222",
        });
    });
});

function requestOf(region: string): Readonly<Record<string, string>> {
    return { "aws:RequestedRegion": region, "aws:RequestTag/understudy:app": "shop" };
}

/** The policies that the page attaches to the role of branches. */
function listedPolicies(text: string): readonly string[] {
    const [, names = ""] = /^for name in ([a-z -]+); do\n.*understudy-branches/ms.exec(text) ?? [];
    return names.split(" ");
}

function unquoted(cell: string): string {
    return cell.replaceAll("`", "");
}
