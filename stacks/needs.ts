import type { TaskNeeds } from "../components/roles/plan";
import type { Environment, EnvironmentTask } from "../model/environment";
import { logGroupName, repositoryName } from "../model/names";

/** What tasks of an environment need, by name, so that their roles can allow exactly that. */
export function needsOf({ app, name, account, region, queues, buckets }: Environment, tasks: readonly EnvironmentTask[], secretsKeyArn: string | undefined): TaskNeeds {
    const containers = tasks.flatMap((task) => task.containers);
    return {
        account,
        region,
        secretsKeyArn,
        parameters: containers.flatMap(({ secrets }) => secrets.map(({ parameter }) => parameter)),
        repositories: containers.flatMap(({ image }) => ("own" in image ? [repositoryName(app, image.own)] : [])),
        queues: queues.map(({ queueName }) => queueName),
        buckets: buckets.map(({ bucketName }) => bucketName),
        logGroups: tasks.map((task) => logGroupName(app, name, task.name)),
    };
}
