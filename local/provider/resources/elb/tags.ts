import type { Aws } from "../../session";
import { tagChanges, tagList, tagMap } from "../../tags";

/** Tags for a thing that is being made; AWS refuses an empty list. */
export function tagsFor(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] | undefined {
    return Object.keys(tags).length === 0 ? undefined : tagList(tags);
}

export async function tagsOf(arn: string, aws: Aws): Promise<Readonly<Record<string, string>>> {
    const { TagDescriptions } = await (await aws.elb()).describeTags({ ResourceArns: [arn] });
    return tagMap(TagDescriptions?.[0]?.Tags);
}

/** Brings the tags of a thing up to date. */
export async function retag(arn: string, update: Parameters<typeof tagChanges>[0], aws: Aws): Promise<void> {
    const changes = tagChanges(update);
    if (changes === undefined) return;
    const elb = await aws.elb();
    if (changes.removed.length > 0) await elb.removeTags({ ResourceArns: [arn], TagKeys: [...changes.removed] });
    if (Object.keys(changes.put).length > 0) await elb.addTags({ ResourceArns: [arn], Tags: tagList(changes.put) });
}
