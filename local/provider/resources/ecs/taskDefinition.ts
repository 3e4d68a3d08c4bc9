import type { ContainerDefinition, Volume } from "@aws-sdk/client-ecs";
import { flag, number, object, oneOf, regional, set, tagged, text, between } from "../../arguments";
import { hasCode, unlessMissing } from "../../errors";
import { resourceType, type Failure } from "../../resourceType";
import { isProps } from "../../values";
import type { Aws } from "../../session";
import { textOf } from "../../state";
import { lowerTagList, tagMap } from "../../tags";
import { fargateProblem } from "../../../../model/fargate";
import { sameContainers } from "./containerDefinitions";
import { retag } from "./tags";

/** A revision of a task definition. Nothing but its tags can change: everything else makes the next revision of the family. */
export const taskDefinition = resourceType({
    token: "aws:ecs/taskDefinition:TaskDefinition",
    arguments: {
        ...regional,
        family: text({ required: true, replaces: true, limit: familyLimit }),
        containerDefinitions: text({ required: true, replaces: true, same: sameContainers, limit: containersLimit }),
        cpu: text({ replaces: true }),
        memory: text({ replaces: true }),
        networkMode: oneOf(["awsvpc", "bridge", "host", "none"], { computed: true, replaces: true }),
        requiresCompatibilities: set(oneOf(["EC2", "FARGATE"]), { replaces: true }),
        executionRoleArn: text({ replaces: true }),
        taskRoleArn: text({ replaces: true }),
        runtimePlatform: object(
            {
                cpuArchitecture: oneOf(["X86_64", "ARM64"]),
                operatingSystemFamily: oneOf(["LINUX"]),
            },
            { replaces: true },
        ),
        volumes: set(object({ name: text({ required: true }) }), { replaces: true }),
        ephemeralStorage: object({ sizeInGib: number({ required: true, limit: between(21, 200) }) }, { replaces: true }),
        skipDestroy: flag({ default: false }),
        ...tagged,
    },
    outputs: ["arn", "arnWithoutRevision", "revision"],
    limits({ requiresCompatibilities = [], cpu, memory, networkMode }, given) {
        if (!requiresCompatibilities.includes("FARGATE")) return [];
        return [
            ...fargateSizeProblems({ cpu, memory }, given),
            ...(networkMode === "awsvpc" || (networkMode === undefined && given("networkMode"))
                ? []
                : [{ property: "networkMode", reason: "ClientException: Fargate only supports network mode 'awsvpc'." }]),
        ];
    },
    async create(inputs, aws) {
        const { taskDefinition: registered } = await (
            await aws.ecs()
        ).registerTaskDefinition({
            family: inputs.family,
            containerDefinitions: JSON.parse(inputs.containerDefinitions) as ContainerDefinition[],
            cpu: inputs.cpu,
            memory: inputs.memory,
            networkMode: inputs.networkMode,
            requiresCompatibilities: inputs.requiresCompatibilities && [...inputs.requiresCompatibilities],
            executionRoleArn: inputs.executionRoleArn,
            taskRoleArn: inputs.taskRoleArn,
            runtimePlatform: inputs.runtimePlatform,
            volumes: inputs.volumes && [...inputs.volumes],
            ephemeralStorage: inputs.ephemeralStorage && { sizeInGiB: inputs.ephemeralStorage.sizeInGib },
            tags: Object.keys(inputs.tagsAll).length === 0 ? undefined : lowerTagList(inputs.tagsAll),
        });
        return registered?.taskDefinitionArn ?? "";
    },
    async read(id, aws, state) {
        const found = await find(arnOf(id, state), aws);
        if (found?.taskDefinition === undefined || found.taskDefinition.status === "INACTIVE") return undefined;
        const { taskDefinition: definition, tags } = found;
        const arn = definition.taskDefinitionArn ?? "";
        return {
            id: definition.family,
            family: definition.family,
            containerDefinitions: JSON.stringify(definition.containerDefinitions),
            cpu: definition.cpu ?? null,
            memory: definition.memory ?? null,
            networkMode: definition.networkMode,
            requiresCompatibilities: definition.requiresCompatibilities ?? null,
            executionRoleArn: definition.executionRoleArn ?? null,
            taskRoleArn: definition.taskRoleArn ?? null,
            runtimePlatform: isEmptyObject(definition.runtimePlatform) ? null : definition.runtimePlatform,
            volumes: namesOf(definition.volumes),
            ephemeralStorage: definition.ephemeralStorage === undefined ? null : { sizeInGib: definition.ephemeralStorage.sizeInGiB },
            tagsAll: tagMap(tags),
            arn,
            arnWithoutRevision: arn.replace(/:\d+$/, ""),
            revision: definition.revision,
        };
    },
    update: async (id, update, aws) => retag(arnOf(id, update.current), update, aws),
    async delete(id, aws, state) {
        if (state["skipDestroy"] === true) return;
        await unlessMissing((await aws.ecs()).deregisterTaskDefinition({ taskDefinition: arnOf(id, state) }), "ClientException");
    },
});

/** Volumes that are no more than a name: all that a Fargate task can have of its own. */
function namesOf(volumes: readonly Volume[] = []): readonly { readonly name: string }[] | null {
    return volumes.length === 0 ? null : volumes.map(({ name = "" }) => ({ name }));
}

/** The id of a task definition is its family, but for an import, which names the revision by its ARN. */
function arnOf(id: string, state: Parameters<typeof textOf>[0]): string {
    return textOf(state, "arn") || id;
}

async function find(arn: string, aws: Aws) {
    try {
        return await (await aws.ecs()).describeTaskDefinition({ taskDefinition: arn, include: ["TAGS"] });
    } catch (error) {
        if (hasCode(error, "ClientException")) return undefined; // AWS has no other word for "not found" here
        throw error;
    }
}

function fargateSizeProblems(
    { cpu, memory }: { readonly cpu?: string; readonly memory?: string },
    given: (name: "cpu" | "memory") => boolean,
): readonly Failure[] {
    const missing = (["cpu", "memory"] as const).filter((name) => !given(name));
    if (missing.length > 0) return missing.map((property) => ({ property, reason: "must be given for Fargate" }));
    if (cpu === undefined || memory === undefined) return [];
    const reason = fargateProblem({ cpu: Number(cpu), memory: Number(memory) });
    return reason === undefined ? [] : [{ property: "cpu", reason: `No Fargate configuration exists for given values: ${reason}` }];
}

function familyLimit(family: string): string | undefined {
    return /^[a-zA-Z0-9_-]{1,255}$/.test(family) ? undefined : "must have 1 to 255 letters, digits, hyphens and underscores";
}

function containersLimit(text: string): string | undefined {
    const containers = parse(text);
    if (!Array.isArray(containers) || containers.length === 0) return "must be a JSON list of at least one container";
    const names = containers.map((container: unknown) =>
        isProps(container as never) ? (container as { name?: unknown }).name : undefined,
    );
    if (names.some((name) => typeof name !== "string")) return "every container must have a name";
    return new Set(names).size === names.length ? undefined : "container names must be unique in a task definition";
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

function isEmptyObject(value: object | undefined): boolean {
    return value === undefined || Object.keys(value).length === 0;
}
