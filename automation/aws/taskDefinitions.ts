import type { Clients } from "./clients";
import { calling } from "./errors";

/** Whose task definitions: the names under which everything of an environment is tagged. */
export interface EnvironmentNames {
    readonly app: string;
    readonly environment: string;
}

/**
 * Every revision of the task definitions of an environment. The program leaves revisions behind, since ECS rolls back to an earlier one;
 * without the environment nothing can use them. They are looked up by their names, not in the state, which may be empty after an
 * interrupted removal; and by their tags, since one environment's name may begin with another's.
 */
export async function listDefinitions(aws: Clients, { app, environment }: EnvironmentNames): Promise<readonly string[]> {
    return calling("list task definitions", async () => {
        const ecs = await aws.ecs();
        const { paginateListTaskDefinitionFamilies, paginateListTaskDefinitions } = await import("@aws-sdk/client-ecs");
        const prefix = { familyPrefix: `${app}-${environment}-`, status: "ACTIVE" as const };
        const found: string[] = [];
        for await (const { families = [] } of paginateListTaskDefinitionFamilies({ client: ecs }, prefix)) {
            for (const family of families) {
                const { tags = [] } = await ecs.describeTaskDefinition({ taskDefinition: family, include: ["TAGS"] });
                if (!tags.some(({ key, value }) => key === "understudy:environment" && value === environment)) continue;
                for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions({ client: ecs }, { familyPrefix: family, status: "ACTIVE" })) {
                    found.push(...taskDefinitionArns);
                }
            }
        }
        return found;
    });
}

/** Deregisters these revisions, one after the other: there may be many, and ECS throttles who asks for all at once. */
export async function deregisterDefinitions(aws: Clients, arns: readonly string[]): Promise<void> {
    await calling("deregister task definitions", async () => {
        const ecs = await aws.ecs();
        for (const taskDefinition of arns) await ecs.deregisterTaskDefinition({ taskDefinition });
    });
}
