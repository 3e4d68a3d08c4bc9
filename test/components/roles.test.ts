import assert from "node:assert/strict";
import fc from "fast-check";
import { branchBoundary } from "../../components/roles/boundaryPlan";
import { BranchBoundary } from "../../components/roles/branchBoundary";
import { executionPolicy, taskPolicy, trustPolicy, type TaskNeeds } from "../../components/roles/plan";
import type { Policy } from "../../components/roles/policy";
import { TaskRoles } from "../../components/roles/taskRoles";
import { branchId, bucketName, logGroupName, parameterName, queueName } from "../../model/names";
import { deploy } from "../support/deploy";
import { inputsOf, kindsAndNames, theOne } from "../support/registered";

const place = { account: "222222222222", region: "eu-west-1" };
const key = "arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-3333-4444-555555555555";

const needs: TaskNeeds = {
    ...place,
    parameters: ["/shop/staging/SESSION_SECRET", "/shop/staging/DB_PASSWORD", "/shop/staging/SESSION_SECRET"],
    repositories: ["shop/web"],
    logGroups: ["/shop/staging/web"],
    queues: ["shop_staging_orders"],
    buckets: ["shop--staging--uploads-1f2e3d4c"],
    secretsKeyArn: key,
};

/** Whether the policy allows the action on the resource, conditions aside, as IAM matches names. */
function allows({ Statement }: Policy, action: string, resource: string): boolean {
    return Statement.some((statement) => statement.Effect === "Allow" && statement.Action.includes(action) && statement.Resource?.some((pattern) => matches(pattern, resource)));
}

function matches(pattern: string, text: string): boolean {
    const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
    return new RegExp(`^${source}$`, "s").test(text);
}

describe("the trust policy", () => {
    it("lets only ECS take a role, and only for tasks of the account", () => {
        assert.deepEqual(trustPolicy(place), {
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "TasksOfThisAccount",
                    Effect: "Allow",
                    Principal: { Service: "ecs-tasks.amazonaws.com" },
                    Action: ["sts:AssumeRole"],
                    Condition: {
                        StringEquals: { "aws:SourceAccount": "222222222222" },
                        ArnLike: { "aws:SourceArn": "arn:aws:ecs:eu-west-1:222222222222:*" },
                    },
                },
            ],
        });
    });
});

describe("the execution policy", () => {
    it("names every image, log group, secret and key", () => {
        const secrets = ["arn:aws:ssm:eu-west-1:222222222222:parameter/shop/staging/DB_PASSWORD", "arn:aws:ssm:eu-west-1:222222222222:parameter/shop/staging/SESSION_SECRET"];
        assert.deepEqual(executionPolicy(needs), {
            Version: "2012-10-17",
            Statement: [
                { Sid: "SignInToRegistry", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
                {
                    Sid: "PullImages",
                    Effect: "Allow",
                    Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                    Resource: ["arn:aws:ecr:eu-west-1:222222222222:repository/shop/web"],
                },
                {
                    Sid: "WriteLogs",
                    Effect: "Allow",
                    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                    Resource: ["arn:aws:logs:eu-west-1:222222222222:log-group:/shop/staging/web:*"],
                },
                { Sid: "ReadSecrets", Effect: "Allow", Action: ["ssm:GetParameters"], Resource: secrets },
                {
                    Sid: "DecryptSecrets",
                    Effect: "Allow",
                    Action: ["kms:Decrypt"],
                    Resource: [key],
                    Condition: {
                        StringEquals: { "kms:ViaService": "ssm.eu-west-1.amazonaws.com" },
                        StringLike: { "kms:EncryptionContext:PARAMETER_ARN": secrets },
                    },
                },
            ],
        });
    });

    it("allows nothing that a task does not need", () => {
        const { Statement } = executionPolicy({ ...place, parameters: [], repositories: [], logGroups: ["/shop/staging/web"], queues: [], buckets: [] });
        assert.deepEqual(Statement.map(({ Sid }) => Sid), ["WriteLogs"]);
    });

    it("needs no permission for the account's own key", () => {
        const { Statement } = executionPolicy({ ...needs, secretsKeyArn: undefined });
        assert.deepEqual(Statement.map(({ Sid }) => Sid), ["SignInToRegistry", "PullImages", "WriteLogs", "ReadSecrets"]);
    });

    it("is the same in whatever order things are listed", () => {
        assert.deepEqual(executionPolicy({ ...needs, parameters: needs.parameters.toReversed() }), executionPolicy(needs));
    });
});

describe("the policy of a task", () => {
    it("lets it use its environment's queues and objects, and open a shell, and nothing else", () => {
        assert.deepEqual(taskPolicy(needs).Statement.map(({ Sid, Resource }) => [Sid, Resource]), [
            ["UseQueues", ["arn:aws:sqs:eu-west-1:222222222222:shop_staging_orders"]],
            ["ListBuckets", ["arn:aws:s3:::shop--staging--uploads-1f2e3d4c"]],
            ["UseObjects", ["arn:aws:s3:::shop--staging--uploads-1f2e3d4c/*"]],
            ["OpenShell", ["*"]],
        ]);
        assert.deepEqual(taskPolicy({ ...needs, queues: [], buckets: [] }).Statement.map(({ Sid }) => Sid), ["OpenShell"]);
    });
});

describe("every policy", () => {
    it("says * only for actions that know no resources", () => {
        const policies = [executionPolicy(needs), taskPolicy(needs), branchBoundary({ ...place, app: "shop", sharedParameters: [], secretsKeyArn: key })];
        const sweeping = policies.flatMap(({ Statement }) => Statement).filter(({ Resource }) => Resource?.includes("*"));
        assert.deepEqual([...new Set(sweeping.flatMap(({ Action }) => Action))].toSorted(), [
            "ecr:GetAuthorizationToken",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ]);
    });

    it("names actions one by one", () => {
        const policies = [executionPolicy(needs), taskPolicy(needs), trustPolicy(place), branchBoundary({ ...place, app: "shop", sharedParameters: [] })];
        assert.deepEqual(policies.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)).filter((action) => action.includes("*")), []);
    });
});

describe("the boundary of branches", () => {
    const boundary = branchBoundary({ ...place, app: "shop", sharedParameters: ["/shop/staging/SESSION_SECRET"] });
    const branchName = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
    const parameter = (name: string): string => `arn:aws:ssm:eu-west-1:222222222222:parameter${name}`;
    const stream = (group: string): string => `arn:aws:logs:eu-west-1:222222222222:log-group:${group}:log-stream:web/web/1`;

    it("lets any branch read its own secrets and write its own logs", () => {
        fc.assert(
            fc.property(branchName, (name) => {
                const id = branchId(name);
                assert.ok(allows(boundary, "ssm:GetParameters", parameter(parameterName("shop", id, "API_KEY"))), id);
                assert.ok(allows(boundary, "logs:PutLogEvents", stream(logGroupName("shop", id, "web"))), id);
            }),
        );
    });

    const part = fc.stringMatching(/^[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}$/);
    const queueArn = (environment: string, name: string): string => `arn:aws:sqs:eu-west-1:222222222222:${queueName("shop", environment, { name, fifo: false })}`;
    const objectArn = (environment: string, name: string): string => `arn:aws:s3:::${bucketName({ app: "shop", ...place }, environment, { name })}/a/b`;

    it("lets any branch use queues and buckets of its own, and none of a base, whatever they are called", () => {
        fc.assert(
            fc.property(branchName, part, (branch, name) => {
                const id = branchId(branch);
                assert.ok(allows(boundary, "sqs:ReceiveMessage", queueArn(id, name)), id);
                assert.ok(allows(boundary, "s3:GetObject", objectArn(id, name)), id);
                for (const base of ["production", "staging", "dev"]) {
                    assert.equal(allows(boundary, "sqs:ReceiveMessage", queueArn(base, name)), false, name);
                    assert.equal(allows(boundary, "s3:GetObject", objectArn(base, name)), false, name);
                }
            }),
        );
    });

    for (const base of ["production", "staging", "dev"]) {
        it(`keeps branches from the secrets and logs of ${base}`, () => {
            assert.equal(allows(boundary, "ssm:GetParameters", parameter(parameterName("shop", base, "DB_PASSWORD"))), false);
            for (const service of ["web", "web-frontend", "frontend"]) {
                assert.equal(allows(boundary, "logs:PutLogEvents", stream(logGroupName("shop", base, service))), false);
            }
        });
    }

    it("lets branches read what the base shares", () => {
        assert.ok(allows(boundary, "ssm:GetParameters", parameter("/shop/staging/SESSION_SECRET")));
    });

    it("keeps branches from the images, secrets and logs of other applications", () => {
        const id = branchId("feature/x");
        assert.equal(allows(boundary, "ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:222222222222:repository/other/web"), false);
        assert.equal(allows(boundary, "ssm:GetParameters", parameter(parameterName("other", id, "API_KEY"))), false);
        assert.equal(allows(boundary, "logs:PutLogEvents", stream(logGroupName("other", id, "web"))), false);
    });

    it("allows all that a branch's own policies ask for", () => {
        const id = branchId("feature/x");
        const wanted = {
            ...place,
            parameters: ["/shop/staging/SESSION_SECRET", parameterName("shop", id, "API_KEY")],
            repositories: ["shop/web"],
            logGroups: [logGroupName("shop", id, "web")],
            queues: [queueName("shop", id, { name: "orders", fifo: true })],
            buckets: [bucketName({ app: "shop", ...place }, id, { name: "uploads" })],
        };
        for (const { Action, Resource } of [...executionPolicy(wanted).Statement, ...taskPolicy(wanted).Statement]) {
            for (const action of Action) for (const resource of Resource ?? []) assert.ok(allows(boundary, action, resource), `${action} on ${resource}`);
        }
    });
});

describe("task roles", () => {
    it("are two roles under the path, each with one policy of its own", async () => {
        const { resources } = await deploy(() => new TaskRoles("staging-web", { needs, path: "/shop/staging/" }));

        assert.deepEqual(kindsAndNames(resources), [
            "Role staging-web-execution",
            "Role staging-web-task",
            "RolePolicy staging-web-execution",
            "RolePolicy staging-web-task",
            "TaskRoles staging-web",
        ]);
        const { assumeRolePolicy, ...role } = theOne(resources, "Role", "staging-web-task").inputs;
        assert.deepEqual(role, { path: "/shop/staging/", forceDetachPolicies: true });
        assert.deepEqual(JSON.parse(String(assumeRolePolicy)), trustPolicy(place));
        const { policy, ...attachment } = theOne(resources, "RolePolicy", "staging-web-execution").inputs;
        assert.deepEqual(attachment, { role: "staging-web-execution" });
        assert.deepEqual(JSON.parse(String(policy)), executionPolicy(needs));
    });

    it("stay inside the boundary that they are given", async () => {
        const { resources } = await deploy(() => new TaskRoles("b", { needs, path: "/shop/staging/branches/", permissionsBoundaryArn: "arn:boundary" }));
        assert.deepEqual(Object.values(inputsOf(resources, "Role")).map(({ permissionsBoundary }) => permissionsBoundary), ["arn:boundary", "arn:boundary"]);
    });
});

describe("a branch boundary", () => {
    it("is one policy under the name and path that it is given", async () => {
        const args = { policyName: "shop-staging-branches", path: "/shop/staging/", needs: { ...place, app: "shop", sharedParameters: [] } };
        const { resources } = await deploy(() => new BranchBoundary("branches", args));

        assert.deepEqual(kindsAndNames(resources), ["BranchBoundary branches", "Policy branches-policy"]);
        const { policy, ...rest } = theOne(resources, "Policy", "branches-policy").inputs;
        assert.deepEqual(rest, { name: "shop-staging-branches", path: "/shop/staging/", description: "The most that any role of a branch may do" });
        assert.deepEqual(JSON.parse(String(policy)), branchBoundary(args.needs));
        assert.ok(String(policy).length <= 6144, "IAM allows 6,144 characters in a managed policy");
    });
});
