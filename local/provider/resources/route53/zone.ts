import type { HostedZone } from "@aws-sdk/client-route-53";
import { flag, tagged, text } from "../../arguments";
import { unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { tagChanges, tagList, tagMap } from "../../tags";
import { noSuchZone, sameDomain, withoutDot } from "./names";

export const zone = resourceType({
    token: "aws:route53/zone:Zone",
    arguments: {
        name: text({ required: true, replaces: true, same: sameDomain }),
        comment: text({ default: "Managed by Pulumi" }),
        forceDestroy: flag({ default: false }),
        ...tagged,
    },
    outputs: ["arn", "zoneId", "nameServers", "primaryNameServer"],
    async create({ name, comment, tagsAll }, aws, made) {
        const reference = `${name}-${Date.now()}`;
        const { HostedZone: created } = await (
            await aws.route53()
        ).createHostedZone({ Name: name, CallerReference: reference, HostedZoneConfig: { Comment: comment } });
        const id = idOf(created);
        made(id);
        await retag(id, { put: tagsAll, removed: [] }, aws);
        return id;
    },
    async read(id, aws) {
        const found = await unlessMissing((await aws.route53()).getHostedZone({ Id: id }), noSuchZone);
        if (found?.HostedZone === undefined) return undefined;
        const { ResourceTagSet } = await (await aws.route53()).listTagsForResource({ ResourceType: "hostedzone", ResourceId: id });
        const nameServers = found.DelegationSet?.NameServers ?? [];
        return {
            name: withoutDot(found.HostedZone.Name ?? ""),
            comment: found.HostedZone.Config?.Comment ?? "",
            tagsAll: tagMap(ResourceTagSet?.Tags),
            arn: `arn:${aws.partition}:route53:::hostedzone/${id}`,
            zoneId: id,
            nameServers,
            primaryNameServer: nameServers[0] ?? "",
        };
    },
    async update(id, update, aws) {
        if (update.changed.has("comment")) await (await aws.route53()).updateHostedZoneComment({ Id: id, Comment: update.news.comment });
        await retag(id, tagChanges(update), aws);
    },
    async delete(id, aws, state) {
        if (state["forceDestroy"] === true) await empty(id, aws);
        await unlessMissing((await aws.route53()).deleteHostedZone({ Id: id }), noSuchZone);
    },
});

/** Removes all records but those that every zone has. */
async function empty(id: string, aws: Aws): Promise<void> {
    const route53 = await aws.route53();
    const listed = await unlessMissing(route53.listResourceRecordSets({ HostedZoneId: id }), noSuchZone);
    const records = (listed?.ResourceRecordSets ?? []).filter(({ Type }) => Type !== "NS" && Type !== "SOA");
    const Changes = records.map((ResourceRecordSet) => ({ Action: "DELETE", ResourceRecordSet }) as const);
    if (Changes.length > 0) await route53.changeResourceRecordSets({ HostedZoneId: id, ChangeBatch: { Changes } });
}

async function retag(id: string, changes: ReturnType<typeof tagChanges>, aws: Aws): Promise<void> {
    if (changes === undefined || (changes.removed.length === 0 && Object.keys(changes.put).length === 0)) return;
    await (
        await aws.route53()
    ).changeTagsForResource({
        ResourceType: "hostedzone",
        ResourceId: id,
        AddTags: Object.keys(changes.put).length === 0 ? undefined : tagList(changes.put),
        RemoveTagKeys: changes.removed.length === 0 ? undefined : [...changes.removed],
    });
}

function idOf(created: HostedZone | undefined): string {
    return created?.Id?.split("/").at(-1) ?? "";
}
