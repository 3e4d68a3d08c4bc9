import {
    CreatePrivateDnsNamespaceCommand,
    CreateServiceCommand,
    ListNamespacesCommand,
    ServiceDiscoveryClient,
} from "@aws-sdk/client-servicediscovery";
import { StopTaskCommand } from "@aws-sdk/client-ecs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { place } from "../emulator/support";
import { Stage, tasksOf, urlOf } from "./stage";

interface Inside {
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
}

describe("task runner: containers", function () {
    this.timeout(30_000);
    const stage = Stage.make();

    before(async () => {
        const ssm = new SSMClient(stage.emulator.staging);
        await ssm.send(new PutParameterCommand({ Name: "/shop/staging/KEY", Value: "s3cr3t", Type: "SecureString" }));
    });

    const parameterArn = (name: string): string => `arn:aws:ssm:${place.region}:${place.account}:parameter${name}`;

    async function insideOf(service: string): Promise<Inside> {
        const task = await stage.until(`${service} runs`, (ecs) =>
            tasksOf(ecs, service).find(({ lastStatus }) => lastStatus === "RUNNING"),
        );
        return stage.until(
            "it answers",
            async () => (await fetch(urlOf(task, "/env")).catch(() => undefined))?.json() as Promise<Inside> | undefined,
        );
    }

    it("gives a container its environment and secrets, and nothing of the runner's", async () => {
        process.env.UNDERSTUDY_LEAK = "must not be seen";
        const definition = await stage.define("inside", {
            environment: [
                { name: "GREETING", value: "hello" },
                { name: "PORT", value: "8080" },
            ],
            secrets: [
                { name: "KEY", valueFrom: parameterArn("/shop/staging/KEY") },
                { name: "SAME_KEY", valueFrom: "/shop/staging/KEY" },
            ],
        });
        await stage.createService({ serviceName: "inside", taskDefinition: definition });
        const { env, cwd } = await insideOf("inside");
        delete process.env.UNDERSTUDY_LEAK;

        assert.deepEqual(Object.keys(env).sort(), [
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_DEFAULT_REGION",
            "AWS_ENDPOINT_URL",
            "AWS_EXECUTION_ENV",
            "AWS_REGION",
            "ECS_CONTAINER_METADATA_URI_V4",
            "GREETING",
            "HOME",
            "KEY",
            "PATH",
            "PORT",
            "SAME_KEY",
            "TMPDIR",
        ]);
        assert.deepEqual(
            [env.GREETING, env.KEY, env.SAME_KEY, env.AWS_REGION, env.AWS_ENDPOINT_URL],
            ["hello", "s3cr3t", "s3cr3t", "eu-west-1", stage.emulator.operator.endpoint],
        );
        assert.notEqual(env.PORT, "8080");
        assert.ok(cwd.startsWith(`${stage.worldDirectory}/images/`), cwd);
    });

    it("gives a task the credentials of its role, to those who know its token", async () => {
        const { env } = await insideOf("inside");
        const ask = (authorization: string): Promise<Response> =>
            fetch(env.AWS_CONTAINER_CREDENTIALS_FULL_URI!, { headers: { authorization } });

        const given = (await (await ask(env.AWS_CONTAINER_AUTHORIZATION_TOKEN!)).json()) as Record<string, string>;
        assert.deepEqual(Object.keys(given), ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"]);
        const credentials = { accessKeyId: given.AccessKeyId!, secretAccessKey: given.SecretAccessKey!, sessionToken: given.Token! };
        assert.ok(await new SSMClient({ ...stage.emulator.staging, credentials }).config.credentials());
        assert.equal((await ask("guess")).status, 404);
        const metadata = (await (await fetch(`${env.ECS_CONTAINER_METADATA_URI_V4!}/task`)).json()) as Record<string, unknown>;
        assert.deepEqual([metadata.Family, metadata.LaunchType], ["inside", "FARGATE"]);
    });

    it("lets services find each other by their private names", async () => {
        const discovery = new ServiceDiscoveryClient(stage.emulator.staging);
        await discovery.send(new CreatePrivateDnsNamespaceCommand({ Name: "staging.internal", Vpc: stage.network.vpcId }));
        const { Namespaces } = await discovery.send(new ListNamespacesCommand({}));
        const client = await stage.define("client", {
            environment: [
                { name: "API_URL", value: "http://api.staging.internal:8080/path" },
                { name: "HOST_API", value: "api.staging.internal" },
                { name: "OTHER", value: "http://api.example.com:8080" },
            ],
        });
        await stage.createService({ serviceName: "client", taskDefinition: client });
        const { env } = await insideOf("client");
        assert.equal(env.API_URL, `http://${env.HOST_API!}:8080/path`);
        assert.equal(env.OTHER, "http://api.example.com:8080");
        await assert.rejects(fetch(env.API_URL), "nobody is registered yet");

        const { Service } = await discovery.send(
            new CreateServiceCommand({
                Name: "api",
                NamespaceId: Namespaces![0]!.Id!,
                DnsConfig: { DnsRecords: [{ Type: "A", TTL: 10 }] },
                HealthCheckCustomConfig: { FailureThreshold: 1 },
            }),
        );
        for (const answer of ["one", "two"]) {
            const api = await stage.define("api", { environment: [{ name: "ANSWER", value: answer }] });
            if (answer === "one")
                await stage.createService({ serviceName: "api", taskDefinition: api, serviceRegistries: [{ registryArn: Service!.Arn! }] });
            else await stage.updateService("api", { taskDefinition: api });
            await stage.untilCompleted("api", api);
            assert.equal(await (await fetch(env.API_URL)).text(), answer);
            const registered = (await stage.emulator.control.cloudMap()).services[0]!.instances.map(
                ({ attributes }) => attributes.AWS_INSTANCE_IPV4,
            );
            assert.deepEqual(
                registered,
                tasksOf(await stage.emulator.control.ecs(), "api").map(({ privateIpv4Address }) => privateIpv4Address),
            );
        }
        await stage.deleteService("api");
        await stage.until(
            "its instance is gone",
            async () => (await stage.emulator.control.cloudMap()).services[0]!.instances.length === 0,
        );
        await assert.rejects(fetch(env.API_URL));
    });

    it("lets the containers of a task reach each other, in the order of their dependencies", async () => {
        const check = {
            command: [
                "CMD-SHELL",
                "exec node -e 'fetch(\"http://localhost:9000/health\").then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))'",
            ],
            interval: 5,
        };
        const definition = await stage.define(
            "pair",
            {
                environment: [{ name: "SIDECAR_URL", value: "http://127.0.0.1:9000/env" }],
                dependsOn: [
                    { containerName: "sidecar", condition: "HEALTHY" },
                    { containerName: "prepare", condition: "SUCCESS" },
                ],
            },
            { name: "sidecar", image: stage.image, essential: true, portMappings: [{ containerPort: 9000 }], healthCheck: check },
            { name: "prepare", image: stage.image, essential: false, environment: [{ name: "EXIT", value: "0" }] },
        );
        await stage.createService({ serviceName: "pair", taskDefinition: definition });
        const { env } = await insideOf("pair");
        const sidecar = (await (await fetch(env.SIDECAR_URL!)).json()) as Inside;
        assert.notEqual(sidecar.env.PORT, env.PORT);
        await stage.untilCompleted("pair", definition);
        const [task] = tasksOf(await stage.emulator.control.ecs(), "pair");
        assert.deepEqual(
            task!.containers.map(({ name, lastStatus, healthStatus, exitCode }) => [name, lastStatus, healthStatus, exitCode]),
            [
                ["main", "RUNNING", "UNKNOWN", undefined],
                ["sidecar", "RUNNING", "HEALTHY", undefined],
                ["prepare", "STOPPED", "UNKNOWN", 0],
            ],
        );
        assert.equal(task!.healthStatus, "HEALTHY");
    });

    it("replaces a task whose container fails its own check", async () => {
        const check = {
            command: [
                "CMD",
                "node",
                "-e",
                "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1))",
            ],
            interval: 5,
            retries: 2,
        };
        const definition = await stage.define("frail", { healthCheck: check });
        await stage.createService({ serviceName: "frail", taskDefinition: definition });
        await stage.untilCompleted("frail", definition);
        const [first] = tasksOf(await stage.emulator.control.ecs(), "frail");
        await fetch(urlOf(first!, "/health/500"));
        const stopped = await stage.untilStopped(first!.taskId);
        assert.deepEqual([stopped.stoppedReason, stopped.healthStatus], ["Task failed container health checks", "UNHEALTHY"]);
        assert.ok((await stage.events("frail")).includes(`(service frail) (task ${first!.taskId}) failed container health checks.`));
        await stage.deleteService("frail");
    });

    const registry = `${place.account}.dkr.ecr.${place.region}.amazonaws.com`;
    const noImage = `${registry}/shop/test@sha256:${"0".repeat(64)}`;
    const noRepository = `${registry}/shop/none:1.0`;
    const pullError = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref";
    const secretError =
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: " +
        "unable to retrieve secrets from ssm: service call has been retried 1 time(s):";
    const logError =
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: " +
        "failed to create Cloudwatch log stream:";
    const failures = [
        {
            name: "an image that does not exist",
            container: { image: noImage },
            reason: `${pullError} ${noImage}: ${noImage}: not found`,
        },
        {
            name: "a repository that does not exist",
            container: { image: noRepository },
            reason: `${pullError} ${noRepository}: ${noRepository}: not found`,
        },
        {
            name: "somebody else's image",
            container: { image: "redis:7" },
            reason: `${pullError} redis:7: redis:7: local tasks are processes, without a container engine: only images that were exported to this machine can run`,
        },
        {
            name: "a secret that does not exist",
            container: {
                secrets: [
                    { name: "A", valueFrom: parameterArn("/shop/staging/KEY") },
                    { name: "B", valueFrom: parameterArn("/shop/staging/NONE") },
                ],
            },
            reason: `${secretError} invalid ssm parameters: /shop/staging/NONE`,
        },
        {
            name: "a log group that does not exist",
            container: {
                logConfiguration: {
                    logDriver: "awslogs" as const,
                    options: { "awslogs-group": "/none", "awslogs-region": place.region, "awslogs-stream-prefix": "x" },
                },
            },
            reason: `${logError} ResourceNotFoundException: The specified log group does not exist. : exit status 1`,
        },
        {
            name: "a program that does not exist",
            container: { command: ["nothing-like-this"] },
            reason: /^CannotStartContainerError: failed to create task for container: exec: "nothing-like-this": executable file not found in \$PATH, or working directory \/.* does not exist$/,
        },
    ];
    for (const { name, container, reason } of failures) {
        it(`fails on ${name}, with ECS's reason`, async () => {
            const id = await stage.runTask(await stage.define("failing", container));
            const { stopCode, stoppedReason } = await stage.untilStopped(id);
            assert.equal(stopCode, "TaskFailedToStart");
            if (typeof reason === "string") assert.equal(stoppedReason, reason);
            else assert.match(stoppedReason!, reason);
        });
    }

    it("fails on a port that another program holds on all addresses", async () => {
        const holder = createServer().listen(18_472, "0.0.0.0");
        await once(holder, "listening");
        const id = await stage.runTask(await stage.define("crowded", { portMappings: [{ containerPort: 18_472 }] }));
        const { stoppedReason } = await stage.untilStopped(id);
        holder.close();
        assert.match(
            stoppedReason!,
            /^ResourceInitializationError: port 18472 is taken at 127\.\d+\.\d+\.\d+, most likely by a program that listens on all addresses; stop it$/,
        );
    });

    it("runs a one-off task to its end and keeps its exit code", async () => {
        const id = await stage.runTask(
            await stage.define("once", {
                environment: [
                    { name: "EXIT", value: "7" },
                    { name: "SAY", value: "migrated" },
                ],
            }),
        );
        const stopped = await stage.untilStopped(id);
        assert.deepEqual([stopped.stopCode, stopped.containers[0]!.exitCode], ["EssentialContainerExited", 7]);
        assert.deepEqual(await stage.logLines(`once/main/${id}`), ["migrated"]);
    });

    it("ends a task that somebody stops: asked first, then forced", async () => {
        const ids = [
            await stage.runTask(await stage.define("polite")),
            await stage.runTask(await stage.define("stubborn", { environment: [{ name: "STUBBORN", value: "yes" }], stopTimeout: 2 })),
        ];
        for (const id of ids)
            await stage.until("it runs", ({ tasks }) => tasks.some(({ taskId, lastStatus }) => taskId === id && lastStatus === "RUNNING"));
        for (const id of ids) {
            const task = (await stage.emulator.control.ecs()).tasks.find(({ taskId }) => taskId === id)!;
            await stage.until("it answers", () =>
                fetch(urlOf(task)).then(
                    () => true,
                    () => false,
                ),
            );
            await stage.ecs.send(new StopTaskCommand({ cluster: "staging", task: id, reason: "enough" }));
        }
        const stopped = await Promise.all(ids.map((id) => stage.untilStopped(id)));
        assert.deepEqual(
            stopped.map(({ stopCode, stoppedReason, containers }) => [stopCode, stoppedReason, containers[0]!.exitCode]),
            [
                ["UserInitiated", "enough", 0],
                ["UserInitiated", "enough", 137],
            ],
        );
        assert.deepEqual(await stage.logLines(`polite/main/${ids[0]!}`), ["ending"]);
    });

    it("loses no line, keeps their order and splits long ones", async () => {
        const lines = 5_000;
        const source = `
            for (let line = 0; line < ${lines}; line += 1) console.log("line " + line);
            process.stdout.write("\\u{1F680}".repeat(10_000) + "\\n" + "no line break at the end");
        `;
        const image = await stage.publish({ "talk.mjs": source, Dockerfile: "FROM node:22\nWORKDIR /srv\nCMD node talk.mjs\n" });
        const id = await stage.runTask(await stage.define("talk", { image }));
        await stage.untilStopped(id);
        const seen = await stage.logLines(`talk/main/${id}`);
        assert.deepEqual(
            seen.slice(0, lines),
            Array.from({ length: lines }, (_, line) => `line ${line}`),
        );
        assert.deepEqual(
            seen.slice(lines).map((line) => line.length),
            [16_384, 3_616, 24],
        );
    });
});
