import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import type { Clients } from "../../aws/clients";
import { sameSet, tagged, tagMap, text, type OrphanKind } from "./kind";

/** Several certificates may be for the same name: the tags tell whose each is. */
export const certificate: OrphanKind = {
    async find(aws, inputs) {
        const acm = await aws.acm();
        const { paginateListCertificates } = await import("@aws-sdk/client-acm");
        const arns: string[] = [];
        for await (const { CertificateSummaryList = [] } of paginateListCertificates({ client: acm }, {})) {
            arns.push(...CertificateSummaryList.flatMap(({ DomainName, CertificateArn }) => (DomainName === inputs["domainName"] ? (CertificateArn ?? []) : [])));
        }
        return tagged(arns, async (arn) => tagMap((await acm.listTagsForCertificate({ CertificateArn: arn })).Tags));
    },
    remove: async (aws, id) => (await aws.acm()).deleteCertificate({ CertificateArn: id }),
};

/** A record has no tags, and its zone is not the environment's: it is found only where it leads to just what its creation was asked for. */
export const record: OrphanKind = {
    key: (inputs) => [text(inputs, "zoneId"), plain(text(inputs, "name")), text(inputs, "type")].join(" "),
    async find(aws, inputs) {
        const [zone, type, name] = [text(inputs, "zoneId"), text(inputs, "type"), text(inputs, "name")];
        const found = await recordSet(aws, { zone, type, name });
        if (found === undefined) return [];
        const { aliases = [], records = [] } = inputs as { readonly aliases?: readonly { readonly name: string }[]; readonly records?: readonly string[] };
        const wanted = [...aliases.map((alias) => alias.name), ...records];
        const { AliasTarget, ResourceRecords = [] } = found;
        const actual = [AliasTarget?.DNSName, ...ResourceRecords.map(({ Value }) => Value)].flatMap((value) => value ?? []);
        return sameSet(actual.map(plain), wanted.map(plain)) ? [{ id: [zone, name, type].join("_"), tags: undefined }] : [];
    },
    async remove(aws, id) {
        const [, zone = "", name = "", type = ""] = /^([^_]+)_(.+)_([A-Z]+)$/.exec(id) ?? [];
        const found = await recordSet(aws, { zone, name, type });
        const route53 = await aws.route53();
        if (found !== undefined) await route53.changeResourceRecordSets({ HostedZoneId: zone, ChangeBatch: { Changes: [{ Action: "DELETE", ResourceRecordSet: found }] } });
    },
};

interface RecordKey {
    readonly zone: string;
    readonly name: string;
    readonly type: string;
}

async function recordSet(aws: Clients, { zone, name, type }: RecordKey): Promise<ResourceRecordSet | undefined> {
    const { ResourceRecordSets = [] } = await (await aws.route53()).listResourceRecordSets({ HostedZoneId: zone, StartRecordName: name, StartRecordType: type as "A", MaxItems: 1 });
    return ResourceRecordSets.find(({ Name = "", Type }) => plain(Name) === plain(name) && Type === type);
}

/** Route 53 answers with a closing dot, and with `\\052` for `*`. */
function plain(domain: string): string {
    return domain.replace(/\.$/, "").replaceAll("\\052", "*").toLowerCase();
}
