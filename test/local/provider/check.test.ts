import assert from "node:assert/strict";
import { automaticName, check } from "../../../local/provider/check";
import { resourceTypes } from "../../../local/provider/resources";
import { textOf } from "../../../local/provider/state";
import { unknown, type Props } from "../../../local/provider/values";

function checked(token: string, news: Props, more: { readonly name?: string; readonly olds?: Props; readonly defaultTags?: Props } = {}) {
    const type = resourceTypes.get(token);
    assert.ok(type !== undefined);
    const { name = "web", olds = {}, defaultTags = {} } = more;
    const { inputs, failures } = check(type, { name, news, olds, seed: Buffer.from("seed"), defaultTags });
    return { inputs, failures: failures.map(({ property, reason }) => `${property}: ${reason}`) };
}

const group = { port: 80, protocol: "HTTP", vpcId: "vpc-1", targetType: "ip" };
const listener = { loadBalancerArn: "arn", port: 443, defaultActions: [{ type: "forward", targetGroupArn: "arn" }] };
const rule = { listenerArn: "arn", actions: [{ type: "forward", targetGroupArn: "arn" }], conditions: [{ hostHeader: { values: ["a"] } }] };
const task = {
    family: "web",
    containerDefinitions: '[{"name":"web"}]',
    cpu: "256",
    memory: "512",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
};
const service = { cluster: "c", taskDefinition: "web:1", networkConfiguration: { subnets: ["subnet-1"] } };
const record = { zoneId: "Z1", name: "www", type: "A" };
const ruleOfGroup = { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 80, toPort: 80, cidrIpv4: "192.0.2.0/24" };
const queue = "aws:sqs/queue:Queue";
const queueNames = "must have 1 to 80 letters, digits, hyphens and underscores; with .fifo at the end for a FIFO queue";
const deadLetters = "arn:aws:sqs:eu-west-1:222222222222:dead";
const bucket = "aws:s3/bucket:Bucket";
const bucketNames = "must have 3 to 63 lower-case letters, digits, hyphens and single periods, with a letter or digit at both ends";
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const expiring = (id: string, days: number) => ({ id, status: "Enabled", expiration: { days } });
const values = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `h${index}.example.com`);

const refused: readonly (readonly [title: string, token: string, news: Props, failures: readonly string[]])[] = [
    [
        "an argument it does not know",
        "aws:ec2/routeTable:RouteTable",
        { vpcId: "vpc-1", routes: [] },
        ['routes: the local AWS provider has no argument "routes" for aws:ec2/routeTable:RouteTable; it has region, vpcId, tags'],
    ],
    [
        "one inside another",
        "aws:lb/targetGroup:TargetGroup",
        { ...group, stickiness: { type: "lb_cookie", cookieName: "a" } },
        ['stickiness.cookieName: the local AWS provider has no argument "cookieName" here; it has enabled, type, cookieDuration'],
    ],
    ["arguments that are missing", "aws:ec2/subnet:Subnet", {}, ["vpcId: is required", "cidrBlock: is required"]],
    [
        "a missing one inside another",
        "aws:ecs/service:Service",
        { ...service, networkConfiguration: {} },
        ["networkConfiguration.subnets: is required"],
    ],
    ["a text for a number", "aws:lb/listener:Listener", { ...listener, port: "80" }, ["port: must be a number"]],
    ["a number for a text", "aws:ecs/taskDefinition:TaskDefinition", { ...task, cpu: 256 }, ["cpu: must be a string"]],
    ["a text for a list", "aws:lb/loadBalancer:LoadBalancer", { subnets: "subnet-1" }, ["subnets: must be a list"]],
    ["a list for tags", "aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16", tags: [] }, ["tags: must be an object of strings"]],
    ["a number among tags", "aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16", tags: { a: 1 } }, ["tags.a: must be a string"]],
    ["what is no JSON", "aws:iam/role:Role", { assumeRolePolicy: "nothing" }, ["assumeRolePolicy: must be JSON"]],
    [
        "a value that is none of the allowed",
        "aws:lb/targetGroup:TargetGroup",
        { ...group, protocol: "TCP" },
        ["protocol: must be one of HTTP, HTTPS"],
    ],

    [
        "a load balancer in one subnet",
        "aws:lb/loadBalancer:LoadBalancer",
        { subnets: ["subnet-1", "subnet-1"] },
        ["subnets: At least two subnets in two different Availability Zones must be specified"],
    ],
    [
        "a load balancer name of 33 characters",
        "aws:lb/loadBalancer:LoadBalancer",
        { subnets: ["a", "b"], name: "a".repeat(33) },
        ["name: must have at most 32 characters; it has 33"],
    ],
    [
        "a target group name with an underscore",
        "aws:lb/targetGroup:TargetGroup",
        { ...group, name: "a_b" },
        ["name: can only contain letters, digits and hyphens"],
    ],
    [
        "a name that begins with a hyphen",
        "aws:lb/targetGroup:TargetGroup",
        { ...group, name: "-a" },
        ["name: must not begin or end with a hyphen"],
    ],
    [
        "a health check that takes as long as its interval",
        "aws:lb/targetGroup:TargetGroup",
        { ...group, healthCheck: { interval: 5, timeout: 5 } },
        ["healthCheck: Health check timeout '5' must be smaller than the interval '5'"],
    ],
    [
        "a health check of the default timeout that takes as long as its interval",
        "aws:lb/targetGroup:TargetGroup",
        { ...group, healthCheck: { interval: 5 } },
        ["healthCheck: Health check timeout '5' must be smaller than the interval '5'"],
    ],
    [
        "a health check without a path",
        "aws:lb/targetGroup:TargetGroup",
        { ...group, healthCheck: { path: "health" } },
        ["healthCheck.path: must begin with /"],
    ],
    [
        "an HTTPS listener without a certificate",
        "aws:lb/listener:Listener",
        { ...listener, protocol: "HTTPS" },
        ["certificateArn: CertificateNotFound: a certificate must be specified for HTTPS listeners, and cannot be for HTTP"],
    ],
    [
        "an HTTP listener with one",
        "aws:lb/listener:Listener",
        { ...listener, certificateArn: "arn" },
        ["certificateArn: CertificateNotFound: a certificate must be specified for HTTPS listeners, and cannot be for HTTP"],
    ],
    [
        "priority 50001",
        "aws:lb/listenerRule:ListenerRule",
        { ...rule, priority: 50_001 },
        ["priority: must be a whole number from 1 to 50000"],
    ],
    ["priority 0", "aws:lb/listenerRule:ListenerRule", { ...rule, priority: 0 }, ["priority: must be a whole number from 1 to 50000"]],
    [
        "six condition values",
        "aws:lb/listenerRule:ListenerRule",
        { ...rule, conditions: [{ hostHeader: { values: values(4) } }, { sourceIp: { values: ["192.0.2.0/24", "198.51.100.0/24"] } }] },
        ["conditions: A rule can only have '5' condition values; it has 6"],
    ],
    [
        "a condition of two kinds",
        "aws:lb/listenerRule:ListenerRule",
        { ...rule, conditions: [{ hostHeader: { values: ["a"] }, sourceIp: { values: ["192.0.2.0/24"] } }] },
        ["conditions: each condition must have exactly one field"],
    ],
    [
        "a task size that Fargate does not have",
        "aws:ecs/taskDefinition:TaskDefinition",
        { ...task, memory: "4096" },
        [
            "cpu: No Fargate configuration exists for given values: Fargate has no 4096 MiB with 256 CPU units; allowed with 256: 512, 1024, 2048",
        ],
    ],
    [
        "a Fargate task without a size",
        "aws:ecs/taskDefinition:TaskDefinition",
        { ...task, cpu: undefined },
        ["cpu: must be given for Fargate"],
    ],
    [
        "a Fargate task on another network",
        "aws:ecs/taskDefinition:TaskDefinition",
        { ...task, networkMode: "bridge" },
        ["networkMode: ClientException: Fargate only supports network mode 'awsvpc'."],
    ],
    [
        "containers of one name",
        "aws:ecs/taskDefinition:TaskDefinition",
        { ...task, containerDefinitions: '[{"name":"a"},{"name":"a"}]' },
        ["containerDefinitions: container names must be unique in a task definition"],
    ],
    [
        "no containers",
        "aws:ecs/taskDefinition:TaskDefinition",
        { ...task, containerDefinitions: "[]" },
        ["containerDefinitions: must be a JSON list of at least one container"],
    ],
    [
        "waiting for a steady state",
        "aws:ecs/service:Service",
        { ...service, waitForSteadyState: true },
        ["waitForSteadyState: must be false: the deployment is followed from outside"],
    ],
    ["a queue name with a space", queue, { name: "a b" }, [`name: ${queueNames}`]],
    ["a queue name of 81 characters", queue, { name: "a".repeat(81) }, [`name: ${queueNames}`]],
    ["a FIFO queue name of 81 characters", queue, { name: `${"a".repeat(76)}.fifo`, fifoQueue: true }, [`name: ${queueNames}`]],
    ["a FIFO queue with the name of another", queue, { name: "jobs", fifoQueue: true }, ["name: must end in .fifo for a FIFO queue"]],
    ["another with the name of a FIFO queue", queue, { name: "jobs.fifo" }, ["name: must not end in .fifo without fifoQueue"]],
    [
        "deduplication in no FIFO queue",
        queue,
        { contentBasedDeduplication: true },
        ["contentBasedDeduplication: content-based deduplication can only be set for a FIFO queue"],
    ],
    [
        "a queue beyond its limits",
        queue,
        { visibilityTimeoutSeconds: 43_201, messageRetentionSeconds: 59, receiveWaitTimeSeconds: 21 },
        [
            "visibilityTimeoutSeconds: must be a whole number from 0 to 43200",
            "messageRetentionSeconds: must be a whole number from 60 to 1209600",
            "receiveWaitTimeSeconds: must be a whole number from 0 to 20",
        ],
    ],
    [
        "what a queue could have and has not here",
        queue,
        { delaySeconds: 5 },
        [
            `delaySeconds: the local AWS provider has no argument "delaySeconds" for ${queue}; it has region, name, fifoQueue, contentBasedDeduplication, visibilityTimeoutSeconds, messageRetentionSeconds, receiveWaitTimeSeconds, redrivePolicy, sqsManagedSseEnabled, tags`,
        ],
    ],
    [
        "dead letters without a count",
        queue,
        { redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters }) },
        ["redrivePolicy: must have deadLetterTargetArn and maxReceiveCount, and nothing else"],
    ],
    [
        "dead letters after too many receives",
        queue,
        { redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters, maxReceiveCount: 1001 }) },
        ["redrivePolicy: maxReceiveCount must be a whole number from 1 to 1000"],
    ],
    [
        "dead letters of a queue in a FIFO queue",
        queue,
        { redrivePolicy: JSON.stringify({ deadLetterTargetArn: `${deadLetters}.fifo`, maxReceiveCount: 3 }) },
        ["redrivePolicy: Dead-letter queue must be same type of queue as the source."],
    ],
    ["a bucket name of 2 characters", bucket, { bucket: "ab" }, [`bucket: ${bucketNames}`]],
    ["a bucket name of 64 characters", bucket, { bucket: "a".repeat(64) }, [`bucket: ${bucketNames}`]],
    ["a bucket name with an upper-case letter", bucket, { bucket: "Files" }, [`bucket: ${bucketNames}`]],
    ["a bucket name with two periods together", bucket, { bucket: "a..b" }, [`bucket: ${bucketNames}`]],
    ["a bucket name that ends with a hyphen", bucket, { bucket: "files-" }, [`bucket: ${bucketNames}`]],
    ["an address as a bucket name", bucket, { bucket: "192.0.2.1" }, ["bucket: must not be formatted as an IP address"]],
    ["a bucket name of S3's own", bucket, { bucket: "files-s3alias" }, ["bucket: must not begin or end with what S3 keeps for itself"]],
    [
        "versioning that was never there",
        "aws:s3/bucketVersioning:BucketVersioning",
        { bucket: "files", versioningConfiguration: { status: "Disabled" } },
        ["versioningConfiguration.status: must be one of Enabled, Suspended"],
    ],
    ["no lifecycle rules", lifecycle, { bucket: "files", rules: [] }, ["rules: must have 1 to 1000 rules; it has 0"]],
    [
        "a lifecycle rule that does nothing",
        lifecycle,
        { bucket: "files", rules: [{ id: "a", status: "Enabled" }] },
        ["rules: At least one action needs to be specified in a rule"],
    ],
    [
        "two lifecycle rules of one id",
        lifecycle,
        { bucket: "files", rules: [expiring("a", 1), expiring("a", 2)] },
        ["rules: Rule ID must be unique. Found same ID for more than one rule"],
    ],
    [
        "a lifecycle rule for today",
        lifecycle,
        { bucket: "files", rules: [expiring("a", 0)] },
        ["rules[0].expiration.days: must be a whole number from 1 to 2147483647"],
    ],
    [
        "two kinds of capacity",
        "aws:ecs/service:Service",
        { ...service, launchType: "FARGATE", capacityProviderStrategies: [{ capacityProvider: "FARGATE", weight: 1 }] },
        ["launchType: Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."],
    ],
    [
        "a role name of 65 characters",
        "aws:iam/role:Role",
        { assumeRolePolicy: "{}", name: "a".repeat(65) },
        ["name: must have at most 64 characters; it has 65"],
    ],
    [
        "a path without an end",
        "aws:iam/role:Role",
        { assumeRolePolicy: "{}", path: "/shop" },
        ["path: must begin and end with / and have at most 512 characters"],
    ],
    [
        "a policy that is too large",
        "aws:iam/policy:Policy",
        { policy: JSON.stringify({ Statement: ["x".repeat(6144)] }) },
        ["policy: LimitExceeded: cannot exceed quota of 6144 characters; it has 6162"],
    ],
    [
        "a retention that CloudWatch does not have",
        "aws:cloudwatch/logGroup:LogGroup",
        { retentionInDays: 8 },
        [
            "retentionInDays: must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
        ],
    ],
    ["a record without values", "aws:route53/record:Record", record, ["records: either records with ttl, or aliases must be given"]],
    [
        "a weight without an identifier",
        "aws:route53/record:Record",
        { ...record, ttl: 60, records: ["192.0.2.1"], weightedRoutingPolicies: [{ weight: 1 }] },
        ["setIdentifier: must be given with weightedRoutingPolicies, and only then"],
    ],
    [
        "a rule for two peers",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        { ...ruleOfGroup, cidrIpv6: "::/0" },
        ["cidrIpv4: exactly one of cidrIpv4, cidrIpv6 and referencedSecurityGroupId must be given"],
    ],
    [
        "ports for all protocols",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        { ...ruleOfGroup, ipProtocol: "-1" },
        ['fromPort: fromPort and toPort cannot be given with ipProtocol "-1", which means all of them'],
    ],
    [
        "two values of a parameter",
        "aws:ssm/parameter:Parameter",
        { type: "String", value: "a", insecureValue: "b" },
        ["value: exactly one of value and insecureValue must be given"],
    ],
    [
        "a parameter name without a slash in front",
        "aws:ssm/parameter:Parameter",
        { type: "String", value: "a", name: "shop/a" },
        ["name: must begin with / when it has several parts"],
    ],
    [
        "a value of 4097 bytes",
        "aws:ssm/parameter:Parameter",
        { type: "String", value: "a".repeat(4097) },
        ["value: must have at most 4096 bytes in the Standard tier; it has 4097"],
    ],
    [
        "two ways out of a subnet",
        "aws:ec2/route:Route",
        { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-1", natGatewayId: "nat-1" },
        ["gatewayId: exactly one of gatewayId and natGatewayId must be given"],
    ],
    [
        "a public NAT gateway without an address",
        "aws:ec2/natGateway:NatGateway",
        { subnetId: "subnet-1" },
        ["allocationId: must be given for a public NAT gateway, and cannot be for a private one"],
    ],
    [
        "a repository name in capitals",
        "aws:ecr/repository:Repository",
        { name: "Shop" },
        ["name: must have 2 to 256 lower-case letters and digits, with hyphens, underscores, periods and slashes between them"],
    ],
];

describe("a check", () => {
    for (const [title, token, news, failures] of refused) {
        it(`fails on ${title}`, () => {
            assert.deepEqual(checked(token, news).failures, failures);
        });
    }

    it("says everything that is wrong at once", () => {
        const { failures } = checked("aws:lb/listenerRule:ListenerRule", {
            priority: 0,
            colour: "red",
            actions: [{ type: "forward", to: "arn" }],
        });
        assert.deepEqual(failures, [
            'colour: the local AWS provider has no argument "colour" for aws:lb/listenerRule:ListenerRule; it has region, listenerArn, priority, actions, conditions, tags',
            "listenerArn: is required",
            "priority: must be a whole number from 1 to 50000",
            'actions[0].to: the local AWS provider has no argument "to" here; it has type, order, targetGroupArn, forward, redirect, fixedResponse',
            "conditions: is required",
        ]);
    });

    it("never repeats a value, which could be a secret", () => {
        const news = {
            type: "hunter2",
            value: "hunter2".repeat(1000),
            name: "hunter2 hunter2",
            description: "hunter2".repeat(1000),
            allowedPattern: 2,
            hunter: "hunter2",
        };
        const { failures } = checked("aws:ssm/parameter:Parameter", news);
        assert.equal(failures.length, 5);
        assert.doesNotMatch(failures.join("\n"), /hunter2/);
    });

    it("takes the unknown for everything", () => {
        const unknowns: Props = { ...task, containerDefinitions: unknown, cpu: unknown, networkMode: unknown };
        assert.deepEqual(checked("aws:ecs/taskDefinition:TaskDefinition", unknowns).failures, []);
        assert.deepEqual(checked("aws:lb/listener:Listener", { ...listener, protocol: "HTTPS", certificateArn: unknown }).failures, []);
        assert.deepEqual(checked("aws:lb/loadBalancer:LoadBalancer", { subnets: [unknown] }).failures, []);
    });

    it("adds the default tags, which the program's own overrule", () => {
        const news = { cidrBlock: "10.0.0.0/16", tags: { a: "own", c: "3" } };
        const { inputs } = checked("aws:ec2/vpc:Vpc", news, { defaultTags: { a: "default", b: "2" } });
        assert.deepEqual(inputs, { ...news, tagsAll: { a: "own", b: "2", c: "3" } });
        assert.deepEqual(checked("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16", tags: { a: unknown } }).inputs["tagsAll"], unknown);
        assert.equal(
            checked("aws:iam/rolePolicy:RolePolicy", { role: "a", policy: "{}" }, { defaultTags: { a: "1" } }).inputs["tagsAll"],
            undefined,
        );
    });
});

describe("an automatic name", () => {
    it("is the logical name with seven hexadecimal digits, the same for the same seed", () => {
        assert.match(automaticName("web", Buffer.from("one")), /^web-[0-9a-f]{7}$/);
        assert.equal(automaticName("web", Buffer.from("one")), automaticName("web", Buffer.from("one")));
        assert.notEqual(automaticName("web", Buffer.from("one")), automaticName("web", Buffer.from("two")));
        assert.notEqual(automaticName("web", Buffer.alloc(0)), automaticName("web", Buffer.alloc(0)));
    });

    it("is given where the program gives none, and stored as such", () => {
        const { inputs } = checked("aws:lb/targetGroup:TargetGroup", group);
        assert.match(textOf(inputs, "name"), /^web-[0-9a-f]{7}$/);
        assert.deepEqual(inputs["__defaults"], ["name"]);
    });

    it("stays in every update", () => {
        const { inputs: olds } = checked("aws:lb/targetGroup:TargetGroup", group);
        const kept = { ...olds, name: "web-0000000" };
        assert.deepEqual(checked("aws:lb/targetGroup:TargetGroup", group, { olds: kept }).inputs["name"], "web-0000000");
    });

    it("takes the place of a name that the program gave before", () => {
        const { inputs } = checked("aws:lb/targetGroup:TargetGroup", group, { olds: { ...group, name: "chosen" } });
        assert.match(textOf(inputs, "name"), /^web-[0-9a-f]{7}$/);
    });

    it("fails on a logical name that is too long for it, and is not cut", () => {
        const { failures } = checked("aws:lb/targetGroup:TargetGroup", group, { name: "a".repeat(25) });
        assert.deepEqual(failures, [
            "name: the automatic name of aws:lb/targetGroup:TargetGroup adds 8 characters and may have 32; give the resource a logical name of at most 24",
        ]);
        assert.deepEqual(checked("aws:lb/targetGroup:TargetGroup", group, { name: "a".repeat(24) }).failures, []);
    });
});
