import type { Change, ResourceRecordSet } from "@aws-sdk/client-route-53";
import { flag, list, number, object, oneOf, set, text, type InputsOf } from "../../arguments";
import { Refusal } from "../../errors";
import { resourceType, type Failure } from "../../resourceType";
import type { Aws } from "../../session";
import { textOf } from "../../state";
import type { Props } from "../../values";
import { expand, findZone, sameDomain, withoutDot, zoneNamed } from "./names";

const types = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"] as const;

const idPattern = new RegExp(`^([^_]+)_(.+)_(${types.join("|")})(?:_(.+))?$`);

const recordArguments = {
    zoneId: text({ required: true, replaces: true }),
    name: text({ required: true, replaces: true, same: sameDomain }),
    type: oneOf(types, { required: true }),
    ttl: number(),
    records: set(text()),
    aliases: list(
        object({
            name: text({ required: true, same: sameDomain }),
            zoneId: text({ required: true }),
            evaluateTargetHealth: flag({ required: true }),
        }),
    ),
    setIdentifier: text(),
    weightedRoutingPolicies: list(object({ weight: number({ required: true }) })),
    allowOverwrite: flag({ default: false }),
};
type RecordInputs = InputsOf<typeof recordArguments>;

/** The id is `<zone>_<name>_<type>[_<set identifier>]`, as an import with the real provider has it. */
export const record = resourceType({
    token: "aws:route53/record:Record",
    arguments: recordArguments,
    outputs: ["fqdn"],
    limits: (_, given) => recordProblems(given),
    async create(inputs, aws) {
        const zone = await zoneNamed(inputs.zoneId, aws);
        return await aws.inTurn(`records of ${inputs.zoneId}`, async () => {
            await refuseConflict(inputs, zone, aws);
            await change(
                inputs.zoneId,
                [{ Action: inputs.allowOverwrite ? "UPSERT" : "CREATE", ResourceRecordSet: recordSet(inputs, zone) }],
                aws,
            );
            return [inputs.zoneId, inputs.name, inputs.type, inputs.setIdentifier].filter((part) => part !== undefined).join("_");
        });
    },
    async read(id, aws, state) {
        const key = keyOf(id, state);
        const zone = await findZone(key.zoneId, aws);
        if (zone === undefined) return undefined;
        const fqdn = expand(key.name, zone);
        const found = (await recordsNamed(key.zoneId, fqdn, aws)).find(
            ({ Type, SetIdentifier }) => Type === key.type && (SetIdentifier ?? "") === key.setIdentifier,
        );
        if (found === undefined) return undefined;
        return {
            ...key,
            setIdentifier: found.SetIdentifier ?? null,
            ttl: found.AliasTarget === undefined ? found.TTL : null,
            records: found.ResourceRecords?.map(({ Value = "" }) => (found.Type === "TXT" ? Value.replace(/^"|"$/g, "") : Value)) ?? null,
            aliases: found.AliasTarget && [
                {
                    name: withoutDot(found.AliasTarget.DNSName ?? ""),
                    zoneId: found.AliasTarget.HostedZoneId,
                    evaluateTargetHealth: found.AliasTarget.EvaluateTargetHealth,
                },
            ],
            weightedRoutingPolicies: found.Weight === undefined ? null : [{ weight: found.Weight }],
            fqdn,
        };
    },
    async update(_, { news, current, changed }, aws) {
        const zone = await zoneNamed(news.zoneId, aws);
        const ResourceRecordSet = recordSet(news, zone);
        if (!changed.has("type") && !changed.has("setIdentifier")) {
            await change(news.zoneId, [{ Action: "UPSERT", ResourceRecordSet }], aws);
            return;
        }
        const [old] = (await recordsNamed(news.zoneId, expand(news.name, zone), aws)).filter(({ Type }) => Type === current["type"]);
        await change(
            news.zoneId,
            [
                ...(old === undefined ? [] : [{ Action: "DELETE", ResourceRecordSet: old } as const]),
                { Action: "CREATE", ResourceRecordSet },
            ],
            aws,
        );
    },
    async delete(id, aws, state) {
        const key = keyOf(id, state);
        const zone = await findZone(key.zoneId, aws);
        if (zone === undefined) return;
        const found = (await recordsNamed(key.zoneId, expand(key.name, zone), aws)).find(
            ({ Type, SetIdentifier }) => Type === key.type && (SetIdentifier ?? "") === key.setIdentifier,
        );
        if (found !== undefined) await change(key.zoneId, [{ Action: "DELETE", ResourceRecordSet: found }], aws);
    },
});

function recordProblems(given: (name: keyof RecordInputs) => boolean): readonly Failure[] {
    const plain = given("records") && given("ttl") && !given("aliases");
    const alias = given("aliases") && !given("records") && !given("ttl");
    return [
        ...(plain || alias ? [] : [{ property: "records", reason: "either records with ttl, or aliases must be given" }]),
        ...(given("weightedRoutingPolicies") === given("setIdentifier")
            ? []
            : [{ property: "setIdentifier", reason: "must be given with weightedRoutingPolicies, and only then" }]),
    ];
}

/** A CNAME stands alone under its name, and not at the zone's own. */
async function refuseConflict({ zoneId, name, type }: RecordInputs, zone: string, aws: Aws): Promise<void> {
    const fqdn = expand(name, zone);
    const subject = `RRSet of type ${type} with DNS name ${fqdn}.`;
    if (type === "CNAME" && sameDomain(fqdn, zone))
        throw new Refusal("InvalidChangeBatch", `[${subject} is not permitted at apex in zone ${zone}.]`);
    const other = (await recordsNamed(zoneId, fqdn, aws)).find(({ Type }) => Type !== type && (Type === "CNAME" || type === "CNAME"));
    if (other === undefined) return;
    const conflict = `a conflicting RRSet of type ${other.Type ?? ""} with the same DNS name already exists in zone ${zone}.`;
    throw new Refusal("InvalidChangeBatch", `[${subject} is not permitted because ${conflict}]`);
}

function recordSet(
    { name, type, ttl, records, aliases, setIdentifier, weightedRoutingPolicies }: RecordInputs,
    zone: string,
): ResourceRecordSet {
    const [alias] = aliases ?? [];
    return {
        Name: expand(name, zone),
        Type: type,
        TTL: ttl,
        ResourceRecords: records?.map((Value) => ({ Value: type === "TXT" ? `"${Value}"` : Value })),
        AliasTarget: alias && { DNSName: alias.name, HostedZoneId: alias.zoneId, EvaluateTargetHealth: alias.evaluateTargetHealth },
        SetIdentifier: setIdentifier,
        Weight: weightedRoutingPolicies?.[0]?.weight,
    };
}

async function change(zoneId: string, Changes: Change[], aws: Aws): Promise<void> {
    await (await aws.route53()).changeResourceRecordSets({ HostedZoneId: zoneId, ChangeBatch: { Changes, Comment: "Managed by Pulumi" } });
}

function keyOf(id: string, state: Props): { zoneId: string; name: string; type: string; setIdentifier: string } {
    const [, zoneId = "", name = "", type = "", setIdentifier = ""] = idPattern.exec(id) ?? [];
    return {
        zoneId: textOf(state, "zoneId") || zoneId,
        name: textOf(state, "name") || name,
        type: textOf(state, "type") || type,
        setIdentifier: textOf(state, "setIdentifier") || setIdentifier,
    };
}

async function recordsNamed(zoneId: string, fqdn: string, aws: Aws): Promise<readonly ResourceRecordSet[]> {
    const { ResourceRecordSets = [] } = await (await aws.route53()).listResourceRecordSets({ HostedZoneId: zoneId, StartRecordName: fqdn });
    return ResourceRecordSets.filter(({ Name = "" }) => sameDomain(Name.replaceAll("\\052", "*"), fqdn));
}
