import { BatchGetImageCommand } from "@aws-sdk/client-ecr";
import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { GetParametersCommand, type Parameter } from "@aws-sdk/client-ssm";
import type { Docker } from "../docker/docker";
import { findImage, type LocalImage } from "../images/store";
import { createLogStream, type LogTarget } from "./logStream";
import type { RoleClients } from "./roleClients";

/** A task cannot start; the message is what ECS puts into `stoppedReason`. */
export class StartError extends Error {
    override readonly name = "StartError";
}

export interface PrepareOptions {
    readonly worldDirectory: string;
    readonly taskId: string;
    /** Where the task runs. */
    readonly region: string;
    /** Clients of the task's execution role in a region; undefined when its task definition names none. */
    readonly clients: ((region: string) => RoleClients) | undefined;
    /** Absent: tasks are processes. */
    readonly docker?: Docker | undefined;
    /** Ends every wait, when the runner itself ends. */
    readonly signal: AbortSignal;
}

/** An image that a Docker daemon has. */
export interface DockerImage {
    readonly docker: Docker;
    readonly reference: string;
}

/** What a container needs before it can start. */
export interface PreparedContainer {
    readonly definition: ContainerDefinition;
    /** In Docker, or in a folder of this machine, for a process. */
    readonly image: DockerImage | LocalImage;
    /** Values by the names under which the container gets them. */
    readonly secrets: Readonly<Record<string, string>>;
    /** Absent: what the container writes is dropped, as without a log driver. */
    readonly log?: LogTarget;
}

/**
 * Does for a container what ECS does before it starts: fetches the secrets, the image and makes the log stream, all with the rights of
 * the execution role. Throws `StartError` with ECS's words when one of them is not to be had.
 */
export async function prepareContainer(definition: ContainerDefinition, options: PrepareOptions): Promise<PreparedContainer> {
    const secrets = await fetchSecrets(definition, options);
    const image = await pullImage(definition.image ?? "", options);
    const log = await openLog(definition, options);
    return { definition, image, secrets, ...(log && { log }) };
}

/** SSM's limit of one request. */
const parametersPerRequest = 10;

async function fetchSecrets({ secrets = [] }: ContainerDefinition, options: PrepareOptions): Promise<Readonly<Record<string, string>>> {
    const wanted = secrets.map(({ name = "", valueFrom = "" }) => ({ name, ...readParameterReference(valueFrom, options.region) }));
    const values = new Map<string, string>();
    for (const region of new Set(wanted.map((secret) => secret.region))) {
        const names = [...new Set(wanted.filter((secret) => secret.region === region).map(({ parameter }) => parameter))];
        for (let first = 0; first < names.length; first += parametersPerRequest) {
            const found = await fetchParameters(names.slice(first, first + parametersPerRequest), region, options);
            for (const { Name = "", Value = "" } of found) values.set(`${region} ${Name}`, Value);
        }
    }
    return Object.fromEntries(wanted.map(({ name, region, parameter }) => [name, values.get(`${region} ${parameter}`) ?? ""]));
}

async function fetchParameters(names: string[], region: string, { clients, signal }: PrepareOptions): Promise<readonly Parameter[]> {
    if (clients === undefined) throw secretError("the task definition has no execution role");
    const command = new GetParametersCommand({ Names: names, WithDecryption: true });
    const { Parameters = [], InvalidParameters = [] } = await clients(region)
        .ssm.send(command, { abortSignal: signal })
        .catch((error: unknown) => {
            throw secretError(describe(error), error);
        });
    if (InvalidParameters.length > 0) throw secretError(`invalid ssm parameters: ${InvalidParameters.join(", ")}`);
    return Parameters;
}

/**
 * What a secret's `valueFrom` names: an ARN, or the name of a parameter `here`.
 * @example "arn:aws:ssm:eu-west-1:222222222222:parameter/shop/staging/KEY" is "/shop/staging/KEY" in eu-west-1
 */
function readParameterReference(valueFrom: string, here: string): { region: string; parameter: string } {
    if (/^[\w./-]+$/.test(valueFrom)) return { region: here, parameter: valueFrom };
    const [, region = "", path = ""] = /^arn:[\w-]+:ssm:([\w-]+):\d{12}:parameter\/(.+)$/.exec(valueFrom) ?? [];
    if (path === "") throw secretError(`"${valueFrom}" is no ARN of an SSM parameter, the only kind of secret that tasks get here`);
    return { region, parameter: path.includes("/") ? `/${path}` : path };
}

function secretError(reason: string, cause?: unknown): StartError {
    const start = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:";
    return new StartError(`${start} unable to retrieve secrets from ssm: service call has been retried 1 time(s): ${reason}`, { cause });
}

const ownImage = /^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.com\/([^:@]+)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/;

async function pullImage(reference: string, { clients, worldDirectory, docker, signal }: PrepareOptions): Promise<DockerImage | LocalImage> {
    const [, registryId = "", region = "", repositoryName = "", imageTag = "latest", imageDigest] = ownImage.exec(reference) ?? [];
    if (registryId === "") return pullForeignImage(reference, docker, signal);
    if (clients === undefined) throw pullError(reference, "the task definition has no execution role");
    let digest: string | undefined;
    try {
        const imageIds = [imageDigest === undefined ? { imageTag } : { imageDigest }];
        const { images = [] } = await clients(region).ecr.send(new BatchGetImageCommand({ registryId, repositoryName, imageIds }), {
            abortSignal: signal,
        });
        digest = images[0]?.imageId?.imageDigest;
    } catch (error) {
        if ((error as Error).name !== "RepositoryNotFoundException") throw pullError(reference, describe(error), error);
    }
    if (digest === undefined) throw pullError(reference, "not found");
    const image = await findImage(worldDirectory, digest);
    if (image === undefined) throw pullError(reference, "the registry has it, but its content is not on this machine; export it again");
    return docker !== undefined && image.built !== undefined ? { docker, reference: image.built } : image;
}

async function pullForeignImage(reference: string, docker: Docker | undefined, signal: AbortSignal): Promise<DockerImage> {
    if (docker === undefined) {
        throw pullError(
            reference,
            "local tasks are processes, without a container engine: only images that were exported to this machine can run",
        );
    }
    try {
        if (!(await docker.has(reference))) await docker.run(["pull", "--quiet", reference], { signal });
    } catch (error) {
        throw pullError(reference, (error as Error).message, error);
    }
    return { docker, reference };
}

function pullError(reference: string, reason: string, cause?: unknown): StartError {
    const start = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref";
    return new StartError(`${start} ${reference}: ${reference}: ${reason}`, { cause });
}

async function openLog(
    { name = "", logConfiguration }: ContainerDefinition,
    { clients, taskId, signal }: PrepareOptions,
): Promise<LogTarget | undefined> {
    if (logConfiguration?.logDriver !== "awslogs") return undefined;
    const {
        "awslogs-group": group = "",
        "awslogs-region": region = "",
        "awslogs-stream-prefix": prefix = "",
    } = logConfiguration.options ?? {};
    if (clients === undefined) throw logError("the task definition has no execution role");
    const target = { logs: clients(region).logs, signal, group, stream: `${prefix}/${name}/${taskId}` };
    try {
        await createLogStream(target);
    } catch (error) {
        throw logError(describe(error), error);
    }
    return target;
}

function logError(reason: string, cause?: unknown): StartError {
    const start = "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times:";
    return new StartError(`${start} failed to create Cloudwatch log stream: ${reason} : exit status 1`, { cause });
}

function describe(error: unknown): string {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
