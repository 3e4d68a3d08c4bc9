import { CloudWatchLogsClient, CreateLogGroupCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import {
    type ContainerDefinition,
    CreateClusterCommand,
    CreateServiceCommand,
    type CreateServiceCommandInput,
    DeleteServiceCommand,
    DescribeServicesCommand,
    DescribeTasksCommand,
    ECSClient,
    RegisterTaskDefinitionCommand,
    RunTaskCommand,
    type Service,
    type Task,
    UpdateServiceCommand,
    type UpdateServiceCommandInput,
} from "@aws-sdk/client-ecs";
import {
    CreateRuleCommand,
    DescribeTargetHealthCommand,
    ElasticLoadBalancingV2Client,
    ModifyTargetGroupAttributesCommand,
    ModifyTargetGroupCommand,
    type ModifyTargetGroupCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "mocha";
import type { EcsView, ServiceView, TaskView } from "../../../local/emulator/views";
import type { Docker } from "../../../local/docker/docker";
import { buildImage } from "../../../local/images/build";
import { readDockerfile } from "../../../local/images/dockerfile";
import { publishImage } from "../../../local/images/publish";
import { addImage } from "../../../local/images/store";
import { Runner } from "../../../local/tasks/runner";
import { createListener, createNetwork, createTargetGroup, type Network } from "../emulator/network";
import { emulatorForTests, place, type TestEmulator } from "../emulator/support";
import { temporaryFolder } from "./support";

const cluster = "staging";
const logGroup = "/shop/staging/test";
const repositoryName = "shop/test";
const roleArn = `arn:aws:iam::${place.account}:role/task`;
/** One second of AWS is 50 milliseconds here. */
const scale = 0.05;
const patienceInMs = 15_000;

interface StageOptions {
    readonly runner?: boolean;
    readonly docker?: (hook: Context) => Promise<Docker>;
}

export interface ServiceOrder extends Partial<CreateServiceCommandInput> {
    readonly serviceName: string;
    readonly taskDefinition: string;
}

/** An emulator with what services need, and a task runner on it. Made before the suite that asks for it, gone after it. */
export class Stage {
    readonly worldDirectory = temporaryFolder();
    readonly log: string[] = [];
    emulator!: TestEmulator;
    network!: Network;
    listenerArn!: string;
    ecs!: ECSClient;
    elb!: ElasticLoadBalancingV2Client;
    runner: Runner | undefined;
    /** Builds the images, and runs them; absent: tasks are processes. */
    docker: Docker | undefined;
    /** Why images that were published could not be built. */
    readonly notBuilt: string[] = [];

    /** `runner`: with a task runner in this process; default true. `docker` finds a daemon, or skips what the hook is for. */
    static make({ runner = true, docker }: StageOptions = {}): Stage {
        // Before the hook that removes the stage's folder, into which the runner writes until it has ended.
        after(async () => {
            await stage.runner?.stop();
            await (stage.emulator as TestEmulator | undefined)?.stop();
        });
        const stage = new Stage();
        before(async function () {
            this.timeout(120_000);
            stage.docker = await docker?.(this);
            await stage.open();
            if (runner) await stage.startRunner();
        });
        return stage;
    }

    /** The image `server` runs a small web server that does what its environment says; see `serverSource`. */
    image = "";

    private async open(): Promise<void> {
        this.emulator = await emulatorForTests();
        const settings = this.emulator.staging;
        this.ecs = new ECSClient(settings);
        this.elb = new ElasticLoadBalancingV2Client(settings);
        this.network = await createNetwork(settings);
        this.listenerArn = await createListener(settings, this.network);
        await this.ecs.send(new CreateClusterCommand({ clusterName: cluster }));
        await new ECRClient(settings).send(new CreateRepositoryCommand({ repositoryName }));
        await new CloudWatchLogsClient(settings).send(new CreateLogGroupCommand({ logGroupName: logGroup }));
        const trust = {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
        };
        await new IAMClient(settings).send(new CreateRoleCommand({ RoleName: "task", AssumeRolePolicyDocument: JSON.stringify(trust) }));
        this.image = await this.publish({
            "server.mjs": serverSource,
            Dockerfile: 'FROM node:22\nWORKDIR /srv\nCMD ["node", "server.mjs"]\n',
        });
    }

    private async startRunner(): Promise<void> {
        this.runner = await Runner.start({
            worldDirectory: this.worldDirectory,
            endpoint: this.emulator.operator.endpoint,
            scale,
            docker: this.docker,
            log: (message) => this.log.push(message),
            onSilence: () => undefined,
        });
    }

    /** Makes an image of files and returns the reference under which a task definition names it. */
    async publish(files: Readonly<Record<string, string>>): Promise<string> {
        const write = async (directory: string): Promise<void> => {
            for (const [path, content] of Object.entries(files)) await writeFile(join(directory, path), content);
        };
        const { worldDirectory, docker } = this;
        const image = await addImage(worldDirectory, "0".repeat(40), async (directory) => {
            await write(directory);
            return readDockerfile(files.Dockerfile ?? "");
        });
        const problem = docker && (await buildImage({ docker, worldDirectory, name: "test", image, writeContext: write }));
        if (problem !== undefined) this.notBuilt.push(problem);
        await publishImage(new ECRClient(this.emulator.staging), repositoryName, image.digest.slice(7, 19), image);
        return `${place.account}.dkr.ecr.${place.region}.amazonaws.com/${repositoryName}@${image.digest}`;
    }

    /** Registers a task definition whose first container runs the test server. Returns its ARN. */
    async define(family: string, container: Partial<ContainerDefinition> = {}, ...others: readonly ContainerDefinition[]): Promise<string> {
        const main: ContainerDefinition = {
            name: "main",
            image: this.image,
            essential: true,
            portMappings: [{ containerPort: 8080 }],
            logConfiguration: {
                logDriver: "awslogs",
                options: { "awslogs-group": logGroup, "awslogs-region": place.region, "awslogs-stream-prefix": family },
            },
            ...container,
        };
        const { taskDefinition } = await this.ecs.send(
            new RegisterTaskDefinitionCommand({
                ...{ family, requiresCompatibilities: ["FARGATE"], networkMode: "awsvpc", cpu: "256", memory: "512" },
                ...{ executionRoleArn: roleArn, taskRoleArn: roleArn, containerDefinitions: [main, ...others] },
                volumes: [main, ...others].flatMap(({ mountPoints = [] }) => mountPoints.map(({ sourceVolume }) => ({ name: sourceVolume }))),
            }),
        );
        return taskDefinition!.taskDefinitionArn!;
    }

    /** A target group that is checked every second, and routed to. */
    async targetGroup(name: string, check: Partial<ModifyTargetGroupCommandInput> = {}, deregistrationDelay = 5): Promise<string> {
        const arn = await createTargetGroup(this.emulator.staging, name, this.network.vpcId);
        await this.elb.send(
            new ModifyTargetGroupCommand({
                TargetGroupArn: arn,
                HealthCheckIntervalSeconds: 5,
                HealthCheckTimeoutSeconds: 2,
                UnhealthyThresholdCount: 2,
                HealthyThresholdCount: 2,
                ...check,
            }),
        );
        await this.elb.send(
            new ModifyTargetGroupAttributesCommand({
                TargetGroupArn: arn,
                Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: String(deregistrationDelay) }],
            }),
        );
        await this.elb.send(
            new CreateRuleCommand({
                ListenerArn: this.listenerArn,
                Priority: Math.ceil(Math.random() * 40_000),
                Conditions: [{ Field: "host-header", Values: [`${name}.example.com`] }],
                Actions: [{ Type: "forward", TargetGroupArn: arn }],
            }),
        );
        return arn;
    }

    async createService({ serviceName, taskDefinition, ...more }: ServiceOrder): Promise<void> {
        await this.ecs.send(
            new CreateServiceCommand({
                ...{ cluster, serviceName, taskDefinition, desiredCount: 1, launchType: "FARGATE" },
                networkConfiguration: {
                    awsvpcConfiguration: { subnets: [...this.network.subnetIds], securityGroups: [this.network.groupId] },
                },
                ...more,
            }),
        );
    }

    async updateService(service: string, change: Omit<Partial<UpdateServiceCommandInput>, "service">): Promise<void> {
        await this.ecs.send(new UpdateServiceCommand({ cluster, service, ...change }));
    }

    async deleteService(service: string): Promise<void> {
        await this.ecs.send(new DeleteServiceCommand({ cluster, service, force: true }));
    }

    async runTask(taskDefinition: string): Promise<string> {
        const { tasks = [] } = await this.ecs.send(
            new RunTaskCommand({
                ...{ cluster, taskDefinition, launchType: "FARGATE" },
                networkConfiguration: {
                    awsvpcConfiguration: { subnets: [...this.network.subnetIds], securityGroups: [this.network.groupId] },
                },
            }),
        );
        return tasks[0]!.taskArn!.split("/").at(-1)!;
    }

    async describeService(name: string): Promise<Service> {
        return (await this.ecs.send(new DescribeServicesCommand({ cluster, services: [name] }))).services![0]!;
    }

    async describeTask(id: string): Promise<Task> {
        return (await this.ecs.send(new DescribeTasksCommand({ cluster, tasks: [id] }))).tasks![0]!;
    }

    /** Messages of a service's events, oldest first. */
    async events(name: string): Promise<readonly string[]> {
        return (await this.describeService(name)).events!.map(({ message }) => message!).reverse();
    }

    async targetHealth(arn: string): Promise<readonly string[]> {
        const { TargetHealthDescriptions = [] } = await this.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
        return TargetHealthDescriptions.map(({ TargetHealth: { State, Reason, Description } = {} }) =>
            [State, Reason, Description].filter(Boolean).join(" | "),
        );
    }

    /** All lines of a log stream, in order. */
    async logLines(logStreamName: string): Promise<readonly string[]> {
        const logs = new CloudWatchLogsClient(this.emulator.staging);
        const lines: string[] = [];
        for (let nextToken: string | undefined; ;) {
            const page = await logs.send(
                new GetLogEventsCommand({ logGroupName: logGroup, logStreamName, startFromHead: true, nextToken }),
            );
            lines.push(...(page.events ?? []).map(({ message }) => message!));
            if (page.nextForwardToken === nextToken) return lines;
            nextToken = page.nextForwardToken;
        }
    }

    /** Waits until something is true of what the emulator shows, looking whenever it changes. Returns what `find` found. */
    async until<T>(what: string, find: (ecs: EcsView) => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
        const deadline = Date.now() + patienceInMs;
        let ecs = await this.emulator.control.ecs();
        for (;;) {
            const found = await find(ecs);
            if (found !== undefined && found !== false) return found;
            const left = deadline - Date.now();
            if (left <= 0)
                throw new Error(
                    `waited in vain until ${what}; last seen: ${JSON.stringify(ecs.services)} ${JSON.stringify(ecs.tasks)} ${this.log.join("\n")}`,
                );
            ecs = await this.emulator.control.ecs({ after: ecs.revision, timeout: Math.min(left, 1_000) });
        }
    }

    /** Waits for a service's PRIMARY deployment to be COMPLETED with a task definition. */
    async untilCompleted(name: string, taskDefinition: string): Promise<ServiceView> {
        return this.until(`${name} is completed`, (ecs) =>
            ecs.services.find(({ serviceName, deployments: [primary, ...old] }) => {
                return (
                    serviceName === name &&
                    primary?.taskDefinition === taskDefinition &&
                    primary.rolloutState === "COMPLETED" &&
                    old.length === 0
                );
            }),
        );
    }

    async untilStopped(id: string): Promise<TaskView> {
        return this.until(`${id} has stopped`, ({ tasks }) =>
            tasks.find(({ taskId, lastStatus }) => taskId === id && lastStatus === "STOPPED"),
        );
    }
}

/** Tasks of a service that have not stopped, oldest first. */
export function tasksOf(ecs: EcsView, service: string): readonly TaskView[] {
    return ecs.tasks.filter(({ group, lastStatus }) => group === `service:${service}` && lastStatus !== "STOPPED");
}

/** The address at which a task answers. */
export function urlOf({ privateIpv4Address = "" }: TaskView, path = "/"): string {
    return `http://${privateIpv4Address}:8080${path}`;
}

/**
 * `/health` answers with the status in HEALTH (default 200), `/env` with the environment, `/exit/N` ends with code N, `/health/N`
 * changes the health, `/file/NAME` answers with a file. SAY is written at the start; EXIT ends it at once with that code.
 */
export const serverSource = `
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
if (process.env.SAY) console.log(process.env.SAY);
if (process.env.EXIT) process.exit(Number(process.env.EXIT));
let health = Number(process.env.HEALTH || 200);
const server = createServer((request, response) => {
    const [, what, value] = request.url.split("/");
    if (what === "health" && value) health = Number(value);
    if (what === "health") return health === 0 ? undefined : response.writeHead(health).end();
    if (what === "env") return response.end(JSON.stringify({ env: process.env, cwd: process.cwd() }));
    if (what === "file") return response.end(readFileSync(decodeURIComponent(value)));
    if (what === "exit") return response.end("bye", () => process.exit(Number(value)));
    if (what === "slow") return setTimeout(() => response.end("slow"), Number(value));
    response.end(process.env.ANSWER || "hello");
});
server.listen(process.env.PORT || 8080);
process.on("SIGTERM", () => {
    if (process.env.STUBBORN) return;
    console.log("ending");
    process.exit(0);
});
`;
