import assert from "node:assert/strict";
import { containerDefinitions, missingImages, type Surroundings } from "../../components/task/containers";
import { Task, type TaskArgs } from "../../components/task/task";
import type { Container } from "../../model/environment";
import { deploy } from "../support/deploy";
import { kindsAndNames, theOne } from "../support/registered";

const digest = `sha256:${"0".repeat(64)}`;

const surroundings: Surroundings = {
    region: "eu-west-1",
    logGroup: "/shop/staging/web",
    streamPrefix: "web",
    images: { web: `registry.example.com/shop/web@${digest}` },
};

const plain: Container = {
    name: "web",
    image: { own: "web" },
    essential: true,
    environment: {},
    secrets: [],
    ports: [],
    dependsOn: [],
};

const full: Container = {
    ...plain,
    entryPoint: ["/entry"],
    command: ["serve", "--port", "8080"],
    environment: { API_URL: "http://api.staging.internal:8080", PORT: "8080" },
    secrets: [{ name: "SESSION_SECRET", parameter: "/shop/staging/SESSION_SECRET" }],
    ports: [{ containerPort: 8080, protocol: "tcp" }],
    healthCheck: { command: ["CMD", "true"] },
    dependsOn: [{ containerName: "proxy", condition: "HEALTHY" }],
    stopTimeout: 30,
    user: "node",
    workingDirectory: "/app",
    readonlyRootFilesystem: true,
};

function defined(...containers: readonly Container[]): unknown {
    return JSON.parse(containerDefinitions(containers, surroundings));
}

describe("container definitions", () => {
    it("write out what AWS would fill in, so that it finds no difference", () => {
        assert.deepEqual(defined(plain), [
            {
                name: "web",
                image: `registry.example.com/shop/web@${digest}`,
                essential: true,
                cpu: 0,
                environment: [],
                linuxParameters: { initProcessEnabled: true },
                logConfiguration: {
                    logDriver: "awslogs",
                    options: { "awslogs-group": "/shop/staging/web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "web" },
                },
                mountPoints: [],
                portMappings: [],
                systemControls: [],
                volumesFrom: [],
            },
        ]);
    });

    it("carry over everything that a container says", () => {
        assert.deepEqual(defined(full), [
            {
                name: "web",
                image: `registry.example.com/shop/web@${digest}`,
                essential: true,
                entryPoint: ["/entry"],
                command: ["serve", "--port", "8080"],
                environment: [
                    { name: "API_URL", value: "http://api.staging.internal:8080" },
                    { name: "PORT", value: "8080" },
                ],
                secrets: [{ name: "SESSION_SECRET", valueFrom: "/shop/staging/SESSION_SECRET" }],
                portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: "tcp" }],
                healthCheck: { command: ["CMD", "true"], interval: 30, timeout: 5, retries: 3 },
                dependsOn: [{ containerName: "proxy", condition: "HEALTHY" }],
                stopTimeout: 30,
                user: "node",
                workingDirectory: "/app",
                readonlyRootFilesystem: true,
                cpu: 0,
                linuxParameters: { initProcessEnabled: true },
                logConfiguration: {
                    logDriver: "awslogs",
                    options: { "awslogs-group": "/shop/staging/web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "web" },
                },
                mountPoints: [],
                systemControls: [],
                volumesFrom: [],
            },
        ]);
    });

    it("carry over what a container is started with", () => {
        const options: Partial<Container> = {
            initProcessEnabled: false,
            dockerLabels: { team: "shop" },
            capabilities: { add: ["SYS_PTRACE"], drop: ["NET_RAW"] },
            ulimits: [{ name: "nofile", softLimit: 1024, hardLimit: 2048 }],
            systemControls: [{ namespace: "net.core.somaxconn", value: "1024" }],
            tmpfs: [{ containerPath: "/run", size: 64, mountOptions: ["noexec"] }],
            mountPoints: [{ sourceVolume: "data", containerPath: "/data", readOnly: true }],
        };
        const [{ linuxParameters, dockerLabels, ulimits, systemControls, mountPoints }] = defined({ ...plain, ...options }) as [
            Readonly<Record<string, unknown>>,
        ];
        const { initProcessEnabled, capabilities, tmpfs, ...others } = options;
        assert.deepEqual(linuxParameters, { initProcessEnabled, capabilities, tmpfs });
        assert.deepEqual({ dockerLabels, ulimits, systemControls, mountPoints }, others);
    });

    it("keep the health check that was given", () => {
        const healthCheck = { command: ["CMD", "true"], interval: 10, timeout: 3, retries: 2, startPeriod: 20 };
        assert.deepEqual((defined({ ...plain, healthCheck }) as readonly Container[])[0]?.healthCheck, healthCheck);
    });

    it("keep the order of the containers, the service's own first", () => {
        const proxy: Container = { ...plain, name: "proxy", image: { reference: "nginx:1.27" } };
        assert.deepEqual((defined(plain, proxy) as readonly { readonly name: string; readonly image: string }[]).map(({ name, image }) => [name, image]), [
            ["web", `registry.example.com/shop/web@${digest}`],
            ["proxy", "nginx:1.27"],
        ]);
    });

    it("are the same text however the container was put together", () => {
        const shuffled = Object.fromEntries(Object.entries(full).toReversed()) as unknown as Container;
        assert.equal(containerDefinitions([shuffled], surroundings), containerDefinitions([full], surroundings));
    });
});

describe("missing images", () => {
    it("are own images without a reference, each once", () => {
        const api: Container = { ...plain, name: "api", image: { own: "api" } };
        assert.deepEqual(missingImages([plain, api, { ...api, name: "api-2" }, { ...plain, image: { reference: "redis:8" } }], { web: "" }), ["api"]);
        assert.deepEqual(missingImages([{ ...plain, image: { own: "constructor" } }], {}), ["constructor"]);
    });
});

describe("a task", () => {
    const args: TaskArgs = {
        task: { name: "web", cpu: 256, memory: 512, architecture: "ARM64", containers: [plain] },
        family: "shop-staging-web",
        region: "eu-west-1",
        logs: { group: "/shop/staging/web", retentionDays: 30 },
        images: surroundings.images,
        executionRoleArn: "arn:execution",
        taskRoleArn: "arn:task",
    };

    it("is a log group and a definition that survives its successors", async () => {
        const { resources } = await deploy(() => new Task("staging-web", args));

        assert.deepEqual(kindsAndNames(resources), ["LogGroup staging-web-logs", "Task staging-web", "TaskDefinition staging-web-definition"]);
        assert.deepEqual(theOne(resources, "LogGroup", "staging-web-logs").inputs, { name: "/shop/staging/web", retentionInDays: 30 });
        const { containerDefinitions: containers, ...definition } = theOne(resources, "TaskDefinition", "staging-web-definition").inputs;
        assert.deepEqual(definition, {
            family: "shop-staging-web",
            requiresCompatibilities: ["FARGATE"],
            networkMode: "awsvpc",
            cpu: "256",
            memory: "512",
            runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
            executionRoleArn: "arn:execution",
            taskRoleArn: "arn:task",
            skipDestroy: true,
        });
        assert.equal(containers, containerDefinitions([plain], surroundings));
    });

    it("has the volumes that its containers mount", async () => {
        const { resources } = await deploy(() => new Task("staging-web", { ...args, task: { ...args.task, volumes: ["cache", "data"] } }));
        const { volumes } = theOne(resources, "TaskDefinition", "staging-web-definition").inputs;
        assert.deepEqual(volumes, [{ name: "cache" }, { name: "data" }]);
    });

    it("fails on an own image without a reference", async () => {
        await assert.rejects(deploy(() => new Task("staging-web", { ...args, images: {} })), { message: "staging-web: no reference for own image web" });
    });
});
