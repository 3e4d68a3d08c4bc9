import type { ResourceType as TaggedType, TagSpecification } from "@aws-sdk/client-ec2";
import type { Aws } from "../../session";
import { tagChanges, tagList } from "../../tags";

/** Tags for a thing that is being made. */
export function tagSpecifications(type: TaggedType, tags: Readonly<Record<string, string>>): TagSpecification[] | undefined {
    return Object.keys(tags).length === 0 ? undefined : [{ ResourceType: type, Tags: tagList(tags) }];
}

/** Brings the tags of a thing up to date. */
export async function retag(id: string, update: Parameters<typeof tagChanges>[0], aws: Aws): Promise<void> {
    const changes = tagChanges(update);
    if (changes === undefined) return;
    const ec2 = await aws.ec2();
    if (changes.removed.length > 0) await ec2.deleteTags({ Resources: [id], Tags: changes.removed.map((Key) => ({ Key })) });
    if (Object.keys(changes.put).length > 0) await ec2.createTags({ Resources: [id], Tags: tagList(changes.put) });
}
