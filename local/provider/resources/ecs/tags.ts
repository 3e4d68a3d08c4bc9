import type { Aws } from "../../session";
import { lowerTagList, tagChanges } from "../../tags";

/** Brings the tags of a thing up to date. */
export async function retag(arn: string, update: Parameters<typeof tagChanges>[0], aws: Aws): Promise<void> {
    const changes = tagChanges(update);
    if (changes === undefined) return;
    const ecs = await aws.ecs();
    if (changes.removed.length > 0) await ecs.untagResource({ resourceArn: arn, tagKeys: [...changes.removed] });
    if (Object.keys(changes.put).length > 0) await ecs.tagResource({ resourceArn: arn, tags: lowerTagList(changes.put) });
}
