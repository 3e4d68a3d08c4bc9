import type { TaskDefinition } from "@aws-sdk/client-ecs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startDockerContainer } from "../docker/container";
import { planContainer } from "../docker/containerPlan";
import type { Docker } from "../docker/docker";
import { taskLabel, worldLabel } from "../docker/labels";
import { ControlError } from "../emulator/control";
import type { TaskView } from "../emulator/views";
import type { TaskAgent } from "./agent";
import type { GroupMember } from "./containerGroup";
import { startContainer } from "./containerProcess";
import { type EnvironmentOptions, type Launch, type LaunchOptions, planCheck, planEnvironment, planLaunch } from "./launch";
import { shipLogs } from "./logStream";
import { localize } from "./names";
import { type DockerImage, type PreparedContainer, prepareContainer, StartError } from "./prepare";
import type { Roles } from "./roleClients";
import type { TaskNetwork } from "./taskNetwork";

/** What preparing a task's containers needs of its surroundings. */
export interface MemberMeans {
    readonly worldDirectory: string;
    /** The emulator, which containers are to take for AWS. */
    readonly endpoint: string;
    readonly roles: Roles;
    readonly agent: TaskAgent;
    /** Address for a private DNS name of an account. */
    readonly addressOf: (account: string, name: string) => string | undefined;
    /** Absent: tasks are processes. */
    readonly docker?: Docker | undefined;
    readonly warn: (message: string) => void;
    /** Ends every wait, when the runner itself ends. */
    readonly signal: AbortSignal;
}

export interface MemberOptions {
    readonly view: TaskView;
    readonly definition: TaskDefinition;
    readonly network: TaskNetwork;
    /** Container ports that the task's service names. */
    readonly preferredPorts: readonly number[];
    /** A folder of its own for what the containers write at home. */
    readonly homeDirectory: string;
}

/**
 * Makes a task's containers ready to be started: roles assumed, secrets fetched, images found, log streams made, commands and
 * environments put together. Throws `StartError` in ECS's words.
 */
export async function prepareMembers(options: MemberOptions, means: MemberMeans): Promise<readonly GroupMember[]> {
    const { view, definition, homeDirectory } = options;
    const executionRole = view.overrides.executionRoleArn ?? definition.executionRoleArn;
    const taskRole = view.overrides.taskRoleArn ?? definition.taskRoleArn;
    for (const role of [executionRole, taskRole]) if (role !== undefined) await assume(role, means.roles);

    const clients = executionRole === undefined ? undefined : (region: string) => means.roles.clientsOf(executionRole, region);
    const prepareOptions = {
        worldDirectory: means.worldDirectory,
        taskId: view.taskId,
        region: view.region,
        clients,
        docker: means.docker,
        signal: means.signal,
    };
    const definitions = definition.containerDefinitions ?? [];
    const prepared = await Promise.all(definitions.map((container) => prepareContainer(container, prepareOptions)));

    await mkdir(homeDirectory, { recursive: true });
    const self = means.agent.add(view.taskId, {
        credentials: taskRole === undefined ? undefined : () => means.roles.credentialsOf(taskRole),
        metadata: () => metadataOf(options),
    });
    return prepared.map((container) => makeMember(container, self, options, means));
}

async function assume(role: string, roles: Roles): Promise<void> {
    try {
        await roles.credentialsOf(role);
    } catch (error) {
        if (!(error instanceof ControlError)) throw error;
        const advice =
            "Please verify that the role being passed has the proper trust relationship and permissions " +
            "and that your IAM user has permissions to pass this role.";
        throw new StartError(`ECS was unable to assume the role '${role}' that was provided for this task. ${advice}`, { cause: error });
    }
}

function makeMember(
    { definition, image, secrets, log }: PreparedContainer,
    self: Readonly<Record<string, string>>,
    options: MemberOptions,
    means: MemberMeans,
): GroupMember {
    const { view, network, preferredPorts } = options;
    const override = view.overrides.containerOverrides?.find(({ name }) => name === definition.name);
    const environment: EnvironmentOptions = {
        definition,
        ...(override && { override }),
        secrets,
        names: { addressOf: (name) => means.addressOf(view.account, name), localPorts: network.localPorts },
        defaults: { AWS_REGION: view.region, AWS_DEFAULT_REGION: view.region },
        fixed: {
            ...network.environmentOf(definition, preferredPorts),
            ...self,
            AWS_ENDPOINT_URL: means.endpoint,
            AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
        },
    };
    return {
        definition,
        ...("docker" in image ? inDocker(image, environment, options, means.worldDirectory) : asProcess({ ...environment, image }, options)),
        takeOutput: async ({ outputs }) => {
            if (log === undefined) {
                for (const output of outputs) output.resume();
                return;
            }
            await shipLogs(log, outputs, (lines, error) => {
                means.warn(`task ${view.taskId}: ${lines} log lines of ${definition.name ?? ""} are lost: ${String(error)}`);
            });
        },
    };
}

/** How a container is started, and its health check. */
type Start = Pick<GroupMember, "start" | "checkLaunch">;

function asProcess(options: LaunchOptions, { homeDirectory }: MemberOptions): Start {
    const ofMachine = { PATH: minimalPath(), HOME: homeDirectory, TMPDIR: homeDirectory };
    const launch = plan({ ...options, defaults: { ...ofMachine, ...options.defaults } });
    return { start: () => startContainer(launch), checkLaunch: (command) => planCheck(command, launch, options) };
}

function inDocker({ docker, reference }: DockerImage, environment: EnvironmentOptions, options: MemberOptions, worldDirectory: string): Start {
    const { definition, override, names } = environment;
    const { taskId } = options.view;
    const words = (command: readonly string[]): readonly string[] => command.map((word) => localize(word, names));
    const container = planContainer({
        taskId,
        task: options.definition,
        definition: { ...definition, entryPoint: [...words(definition.entryPoint ?? [])] },
        image: reference,
        command: words(override?.command ?? definition.command ?? []),
        env: planEnvironment(environment),
        labels: [worldLabel(worldDirectory), taskLabel(taskId)],
    });
    return {
        start: () => startDockerContainer(docker, container, options.homeDirectory),
        // A check that takes too long is no longer waited for; what it runs in the container ends with that.
        checkLaunch: (command) => ({ program: "docker", args: ["exec", container.name, ...words(command)], cwd: "/", env: docker.env }),
    };
}

function plan(options: LaunchOptions): Launch {
    try {
        return planLaunch(options);
    } catch (error) {
        throw new StartError(`CannotStartContainerError: ${(error as Error).message}`, { cause: error });
    }
}

/** The system's programs and this Node, under which images that are made for Node can run without a container. */
function minimalPath(): string {
    return `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
}

function metadataOf({ view, definition, network }: MemberOptions): Readonly<Record<string, unknown>> {
    return {
        Cluster: view.clusterArn,
        TaskARN: view.taskArn,
        Family: definition.family,
        Revision: String(definition.revision ?? ""),
        LaunchType: "FARGATE",
        Containers: (definition.containerDefinitions ?? []).map(({ name }) => ({
            Name: name,
            Networks: [{ NetworkMode: "awsvpc", IPv4Addresses: [network.address] }],
        })),
    };
}

/** The folder that a task's containers have for themselves while it runs. */
export function homeDirectoryOf(worldDirectory: string, taskId: string): string {
    return join(worldDirectory, "tasks", "homes", taskId);
}
