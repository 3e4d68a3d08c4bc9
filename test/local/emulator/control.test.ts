import assert from "node:assert/strict";
import { ACMClient, DescribeCertificateCommand, RequestCertificateCommand } from "@aws-sdk/client-acm";
import {
    CloudWatchLogsClient,
    CreateLogGroupCommand,
    CreateLogStreamCommand,
    FilterLogEventsCommand,
    PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
    CreateClusterCommand,
    DeleteClusterCommand,
    DescribeClustersCommand,
    ECSClient,
    ListServiceDeploymentsCommand,
} from "@aws-sdk/client-ecs";
import { CreateRoleCommand, DeleteRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateHostedZoneCommand, ListHostedZonesCommand, Route53Client } from "@aws-sdk/client-route-53";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { createListener, createNetwork, createTargetGroup } from "./network";
import { emulatorForTests, refusalOf, type TestEmulator } from "./support";

describe("emulator: control", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let ecs: ECSClient;
    before(async () => {
        emulator = await emulatorForTests();
        ecs = new ECSClient(emulator.staging);
    });
    after(() => emulator.stop());
    afterEach(() => emulator.control.setFaults([]));

    const createCluster = (name: string): Promise<unknown> => ecs.send(new CreateClusterCommand({ clusterName: name }));
    const describeClusters = (): Promise<unknown> => ecs.send(new DescribeClustersCommand({ clusters: ["a"] }));
    const throttled = { code: "ThrottlingException", message: "Rate exceeded", status: 400 } as const;

    it("answers a watcher as soon as something changes, and not for calls that only read", async () => {
        const { revision } = await emulator.control.ecs();
        await describeClusters();
        assert.equal((await emulator.control.ecs()).revision, revision);
        const waiting = emulator.control.ecs({ after: revision, timeout: 30_000 });
        await createCluster("watched");
        assert.equal((await waiting).revision, revision + 1);
    });

    it("answers a watcher after its timeout when nothing changes", async () => {
        const { revision } = await emulator.control.changes();
        assert.equal((await emulator.control.changes({ after: revision, timeout: 50 })).revision, revision);
    });

    it("lets a watcher go away", async () => {
        const { revision } = await emulator.control.changes();
        const controller = new AbortController();
        const waiting = emulator.control.changes({ after: revision, timeout: 30_000, signal: controller.signal });
        controller.abort();
        await assert.rejects(waiting, { name: "AbortError" });
    });

    it("fails the calls that a fault rule names, as often as it says", async () => {
        await emulator.control.setFaults([{ service: "ecs", operation: "CreateCluster", match: "unlucky", times: 2, error: throttled }]);
        assert.equal(await refusalOf(createCluster("unlucky")), "ThrottlingException: Rate exceeded");
        assert.deepEqual(await emulator.control.faults(), [
            { service: "ecs", operation: "CreateCluster", match: "unlucky", times: 1, error: throttled },
        ]);
        await createCluster("lucky");
        await describeClusters();
        assert.equal(await refusalOf(createCluster("unlucky")), "ThrottlingException: Rate exceeded");
        await createCluster("unlucky");
        assert.deepEqual(await emulator.control.faults(), []);
    });

    it("fails every third call, as a service does that is called too often", async () => {
        const rule = { service: "ecs", operation: "CreateCluster", every: 3, error: throttled } as const;
        await emulator.control.setFaults([rule]);
        const answers: string[] = [];
        for (const name of ["one", "two", "three", "four", "five", "six"]) {
            answers.push(await createCluster(name).then(() => "made", (error: unknown) => (error as Error).name));
        }
        assert.deepEqual(answers, ["made", "made", "ThrottlingException", "made", "made", "ThrottlingException"]);
        assert.deepEqual(await emulator.control.faults(), [rule]);
    });

    it("fails calls of services that name their operations by path", async () => {
        await emulator.control.setFaults([
            { service: "route53", operation: "ListHostedZones", error: { code: "Throttling", message: "Rate exceeded", status: 400 } },
        ]);
        assert.equal(
            await refusalOf(new Route53Client(emulator.staging).send(new ListHostedZonesCommand({}))),
            "Throttling: Rate exceeded",
        );
    });

    it("makes calls slow", async () => {
        await emulator.control.setFaults([{ service: "ecs", delay: 300 }]);
        const started = Date.now();
        await describeClusters();
        assert.ok(Date.now() - started >= 300, "took at least as long as the rule says");
    });

    it("refuses an operation that it does not have, without a retry", async () => {
        const error = await ecs
            .send(new ListServiceDeploymentsCommand({ service: "web", cluster: "lucky" }))
            .catch((reason: unknown) => reason as Error & { $metadata: { httpStatusCode: number } });
        assert.ok(error instanceof Error);
        assert.deepEqual(
            [error.name, error.message, error.$metadata.httpStatusCode],
            ["NotImplemented", "the emulator does not have ListServiceDeployments", 501],
        );
    });

    it("lists what exists, and lists the same again when all of it is gone", async () => {
        const iam = new IAMClient(emulator.staging);
        const before = await emulator.control.inventory();
        await createCluster("counted");
        await iam.send(new CreateRoleCommand({ RoleName: "counted", Path: "/shop/", AssumeRolePolicyDocument: "{}" }));
        const during = await emulator.control.inventory();
        assert.deepEqual(
            during.filter((line) => !before.includes(line)),
            ["222222222222 aws iam role arn:aws:iam::222222222222:role/shop/counted", "222222222222 eu-west-1 ecs cluster counted"],
        );
        await ecs.send(new DeleteClusterCommand({ cluster: "counted" }));
        await iam.send(new DeleteRoleCommand({ RoleName: "counted" }));
        assert.deepEqual(await emulator.control.inventory(), before);
    });

    it("lists a network and what stands in it, and nothing that is there by itself", async () => {
        const before = await emulator.control.inventory();
        const network = await createNetwork(emulator.staging);
        await createListener(emulator.staging, network);
        await createTargetGroup(emulator.staging, "web", network.vpcId);
        const added = (await emulator.control.inventory()).filter((line) => !before.includes(line));
        const kinds = added.map((line) => line.split(" ").slice(2, 4).join(" "));
        assert.deepEqual(kinds, [
            "ec2 route",
            "ec2 route-table",
            "ec2 route-table-association",
            ...Array<string>(2).fill("ec2 security-group"),
            ...Array<string>(2).fill("ec2 security-group-rule"),
            ...Array<string>(2).fill("ec2 subnet"),
            "ec2 vpc",
            "elbv2 listener",
            "elbv2 load-balancer",
            "elbv2 target-group",
        ]);
    });

    it("lists hosted zones and parameters by name", async () => {
        await new Route53Client(emulator.staging).send(new CreateHostedZoneCommand({ Name: "staging.example.com", CallerReference: "1" }));
        await new SSMClient(emulator.staging).send(
            new PutParameterCommand({ Name: "/shop/staging/KEY", Value: "x", Type: "SecureString" }),
        );
        const lines = (await emulator.control.inventory()).filter((line) => /route53|ssm/.test(line));
        assert.deepEqual(lines, [
            "222222222222 aws route53 hosted-zone staging.example.com.",
            "222222222222 eu-west-1 ssm parameter /shop/staging/KEY",
        ]);
    });

    it("issues certificates at once", async () => {
        const acm = new ACMClient(emulator.staging);
        const { CertificateArn } = await acm.send(
            new RequestCertificateCommand({ DomainName: "*.staging.example.com", ValidationMethod: "DNS" }),
        );
        const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
        assert.equal(Certificate!.Status, "ISSUED");
        assert.equal(Certificate!.DomainValidationOptions![0]!.ResourceRecord!.Type, "CNAME");
    });

    it("keeps log lines, and finds them by stream and by content, in order of time", async () => {
        const logs = new CloudWatchLogsClient(emulator.staging);
        const logGroupName = "/shop/staging/web";
        await logs.send(new CreateLogGroupCommand({ logGroupName }));
        const now = Date.now();
        const write = async (logStreamName: string, ...logEvents: { message: string; timestamp: number }[]): Promise<void> => {
            await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
            await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
        };
        await write("web/web/1", { message: "started one", timestamp: now }, { message: "failed one", timestamp: now + 3 });
        await write("web/web/2", { message: "started two", timestamp: now + 1 });
        await write("api/api/1", { message: "started api", timestamp: now + 2 });
        const find = async (more: object): Promise<unknown> => {
            const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName, ...more }));
            return events!.map(({ message }) => message);
        };
        assert.deepEqual(await find({}), ["started one", "started two", "started api", "failed one"]);
        assert.deepEqual(await find({ logStreamNamePrefix: "web/" }), ["started one", "started two", "failed one"]);
        assert.deepEqual(await find({ logStreamNamePrefix: "worker/" }), []);
        assert.deepEqual(await find({ logStreamNames: ["web/web/1"] }), ["started one", "failed one"]);
        assert.deepEqual(await find({ filterPattern: "failed" }), ["failed one"]);
    });

    it("takes one of many that want the same at the same time", async () => {
        const role = new CreateRoleCommand({ RoleName: "wanted", AssumeRolePolicyDocument: "{}" });
        const results = await Promise.allSettled(Array.from({ length: 10 }, () => new IAMClient(emulator.staging).send(role)));
        assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
    });
});
