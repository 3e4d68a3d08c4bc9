import { isBranchId } from "../../model/names";
import type { Clients } from "../aws/clients";
import { calling } from "../aws/errors";

/** How many revisions of each family stay besides those that services run: ECS and people go back to them. */
const kept = 10;

/** A revision that nobody needs. */
export interface OldDefinition {
    readonly arn: string;
    readonly environment: string;
    /** The environment is gone; else it is only an old one. */
    readonly gone: boolean;
    readonly why: string;
}

/**
 * Revisions of an application's task definitions that are not among the newest ten of their family and that no service of the cluster runs,
 * and all of branch environments that are not `alive`.
 */
export async function oldDefinitions(aws: Clients, { app, cluster }: { readonly app: string; readonly cluster: string }, alive: readonly string[]): Promise<readonly OldDefinition[]> {
    return calling("look for old task definitions", async () => {
        const ecs = await aws.ecs();
        const { paginateListTaskDefinitionFamilies, paginateListTaskDefinitions } = await import("@aws-sdk/client-ecs");
        const found: OldDefinition[] = [];
        let running: ReadonlySet<string> | undefined;
        for await (const { families = [] } of paginateListTaskDefinitionFamilies({ client: ecs }, { familyPrefix: `${app}-`, status: "ACTIVE" })) {
            for (const family of families) {
                const arns: string[] = [];
                for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions({ client: ecs }, { familyPrefix: family, status: "ACTIVE", sort: "DESC" })) {
                    arns.push(...taskDefinitionArns.filter((arn) => familyOf(arn) === family)); // a prefix may begin other families too
                }
                const lives = alive.some((id) => family.startsWith(`${app}-${id}-`));
                if (lives && arns.length <= kept) continue;
                const environment = await environmentOf(aws, family, app);
                if (environment === undefined) continue;
                if (isBranchId(environment) && !alive.includes(environment)) found.push(...arns.map((arn) => ({ arn, environment, gone: true, why: `of ${environment}, which is gone` })));
                else if (arns.length > kept) {
                    running ??= await runningDefinitions(aws, cluster);
                    for (const arn of arns.slice(kept)) if (!running.has(arn)) found.push({ arn, environment, gone: false, why: `older than the newest ${kept} of ${environment}` });
                }
            }
        }
        return found;
    });
}

/** The environment that a family's newest revision is tagged with; undefined for somebody else's. */
async function environmentOf(aws: Clients, family: string, app: string): Promise<string | undefined> {
    const { tags = [] } = await (await aws.ecs()).describeTaskDefinition({ taskDefinition: family, include: ["TAGS"] });
    const tag = (name: string): string | undefined => tags.find(({ key }) => key === name)?.value;
    return tag("understudy:app") === app ? tag("understudy:environment") : undefined;
}

/** What the services of a cluster run, or may return to while a deployment is under way. */
async function runningDefinitions(aws: Clients, cluster: string): Promise<ReadonlySet<string>> {
    const ecs = await aws.ecs();
    const { paginateListServices } = await import("@aws-sdk/client-ecs");
    const running = new Set<string>();
    for await (const { serviceArns = [] } of paginateListServices({ client: ecs }, { cluster, maxResults: 10 })) {
        if (serviceArns.length === 0) continue;
        const { services = [] } = await ecs.describeServices({ cluster, services: serviceArns });
        for (const { taskDefinition, deployments = [] } of services) {
            for (const arn of [taskDefinition, ...deployments.map((deployment) => deployment.taskDefinition)]) if (arn !== undefined) running.add(arn);
        }
    }
    return running;
}

function familyOf(arn: string): string {
    return arn.slice(arn.lastIndexOf("/") + 1, arn.lastIndexOf(":"));
}
