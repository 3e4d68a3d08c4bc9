import { atMost, flag, oneOf, regional, tagged, text, type InputsOf } from "../arguments";
import { unlessMissing } from "../errors";
import { resourceType } from "../resourceType";
import type { Aws } from "../session";
import { tagChanges, tagList, tagMap } from "../tags";
import type { Props } from "../values";

const arguments_ = {
    ...regional,
    name: text({ computed: true, replaces: true, limit: nameLimit }),
    type: oneOf(["String", "StringList", "SecureString"], { required: true }),
    value: text({ secret: true }),
    insecureValue: text(),
    description: text({ limit: atMost(1024) }),
    keyId: text({ computed: true }),
    tier: oneOf(["Standard", "Advanced"], { computed: true, replaces: isDowngrade }),
    dataType: oneOf(["text"], { computed: true, replaces: true }),
    allowedPattern: text({ limit: atMost(1024) }),
    overwrite: flag({ default: false }),
    ...tagged,
};
type Inputs = InputsOf<typeof arguments_>;

const valueBytes = { Standard: 4096, Advanced: 8192 } as const;

export const parameter = resourceType({
    token: "aws:ssm/parameter:Parameter",
    arguments: arguments_,
    outputs: ["arn", "version"],
    autoName: { argument: "name", maxLength: 2048 },
    volatile: ["version"],
    limits({ type, value, insecureValue, tier = "Standard" }, given) {
        if (given("value") === given("insecureValue"))
            return [{ property: "value", reason: "exactly one of value and insecureValue must be given" }];
        if (type === "SecureString" && given("insecureValue")) {
            return [{ property: "insecureValue", reason: "cannot be given for a SecureString, which has a value" }];
        }
        const bytes = Buffer.byteLength(value ?? insecureValue ?? "");
        const most = valueBytes[tier];
        return bytes <= most ? [] : [{ property: "value", reason: `must have at most ${most} bytes in the ${tier} tier; it has ${bytes}` }];
    },
    async create(inputs, aws) {
        const ssm = await aws.ssm();
        const name = inputs.name ?? "";
        const tags = tagList(inputs.tagsAll);
        const Tags = inputs.overwrite || tags.length === 0 ? undefined : tags; // AWS takes tags and overwriting only one at a time
        await ssm.putParameter({ ...settings(inputs), Overwrite: inputs.overwrite, Tags });
        if (inputs.overwrite && tags.length > 0) await ssm.addTagsToResource({ ResourceType: "Parameter", ResourceId: name, Tags: tags });
        return name;
    },
    async read(id, aws, state) {
        const ssm = await aws.ssm();
        const found = (await unlessMissing(ssm.getParameter({ Name: id, WithDecryption: true }), "ParameterNotFound"))?.Parameter;
        if (found === undefined) return undefined;
        const details = await ssm.describeParameters({ ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [id] }] });
        const metadata = details.Parameters?.[0];
        const { TagList } = await ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId: id });
        const insecure = state["insecureValue"] !== undefined && found.Type !== "SecureString";
        return {
            name: found.Name,
            type: found.Type,
            value: insecure ? null : found.Value,
            insecureValue: insecure ? found.Value : null,
            description: metadata?.Description ?? null,
            keyId: metadata?.KeyId ?? null,
            tier: metadata?.Tier,
            dataType: found.DataType,
            allowedPattern: metadata?.AllowedPattern ?? null,
            tagsAll: tagMap(TagList),
            arn: found.ARN,
            version: found.Version,
        };
    },
    async update(id, update, aws) {
        const { changed, news } = update;
        if ([...changed].some((name) => name !== "tags" && name !== "tagsAll" && name !== "overwrite")) {
            await (await aws.ssm()).putParameter({ ...settings(news), Overwrite: true });
        }
        await retag(id, update, aws);
    },
    async delete(id, aws) {
        await unlessMissing((await aws.ssm()).deleteParameter({ Name: id }), "ParameterNotFound");
    },
});

function settings(inputs: Inputs) {
    return {
        Name: inputs.name ?? "",
        Type: inputs.type,
        Value: inputs.value ?? inputs.insecureValue ?? "",
        Description: inputs.description ?? "",
        KeyId: inputs.type === "SecureString" ? inputs.keyId : undefined,
        Tier: inputs.tier,
        DataType: inputs.dataType,
        AllowedPattern: inputs.allowedPattern ?? "",
    };
}

async function retag(name: string, update: Parameters<typeof tagChanges>[0], aws: Aws): Promise<void> {
    const changes = tagChanges(update);
    if (changes === undefined) return;
    const ssm = await aws.ssm();
    const parameterNamed = { ResourceType: "Parameter", ResourceId: name } as const;
    if (changes.removed.length > 0) await ssm.removeTagsFromResource({ ...parameterNamed, TagKeys: [...changes.removed] });
    if (Object.keys(changes.put).length > 0) await ssm.addTagsToResource({ ...parameterNamed, Tags: tagList(changes.put) });
}

/** AWS raises the tier of a parameter and never lowers it. */
function isDowngrade(from: Props, to: Props): boolean {
    return from["tier"] === "Advanced" && to["tier"] === "Standard";
}

function nameLimit(name: string): string | undefined {
    if (!/^[\w./-]+$/.test(name)) return "can only contain letters, digits and _.-/";
    if (/^\/?(?:aws|ssm)/i.test(name)) return 'must not begin with "aws" or "ssm"';
    if (name.includes("/") && !name.startsWith("/")) return "must begin with / when it has several parts";
    return name.split("/").length > 16 ? "must have at most 15 parts" : atMost(1011)(name);
}
