import { flag, number, oneOf, regional, tagged, text } from "../arguments";
import { unlessMissing } from "../errors";
import { resourceType } from "../resourceType";
import { tagChanges } from "../tags";

/** Days that CloudWatch Logs keeps logs; 0 is for ever. */
const retentions = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const gone = "ResourceNotFoundException";

export const logGroup = resourceType({
    token: "aws:cloudwatch/logGroup:LogGroup",
    arguments: {
        ...regional,
        name: text({ computed: true, replaces: true, limit: nameLimit }),
        retentionInDays: number({
            default: 0,
            limit: (days) => (retentions.includes(days) ? undefined : `must be one of ${retentions.join(", ")}`),
        }),
        kmsKeyId: text(),
        logGroupClass: oneOf(["STANDARD", "INFREQUENT_ACCESS"], { computed: true, replaces: true }),
        skipDestroy: flag({ default: false }),
        ...tagged,
    },
    outputs: ["arn"],
    autoName: { argument: "name", maxLength: 512 },
    async create({ name = "", retentionInDays, kmsKeyId, logGroupClass, tagsAll }, aws, made) {
        const logs = await aws.logs();
        const tags = Object.keys(tagsAll).length === 0 ? undefined : { ...tagsAll };
        await logs.createLogGroup({ logGroupName: name, kmsKeyId, logGroupClass, tags });
        made(name);
        if (retentionInDays > 0) await logs.putRetentionPolicy({ logGroupName: name, retentionInDays });
        return name;
    },
    async read(id, aws) {
        const logs = await aws.logs();
        const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix: id });
        const found = logGroups.find(({ logGroupName }) => logGroupName === id);
        if (found === undefined) return undefined;
        const arn = (found.arn ?? "").replace(/:\*$/, "");
        const { tags } = await logs.listTagsForResource({ resourceArn: arn });
        return {
            name: found.logGroupName,
            retentionInDays: found.retentionInDays ?? 0,
            kmsKeyId: found.kmsKeyId ?? null,
            logGroupClass: found.logGroupClass,
            tagsAll: tags ?? {},
            arn,
        };
    },
    async update(id, update, aws) {
        const { changed, news } = update;
        const logs = await aws.logs();
        if (changed.has("retentionInDays")) {
            const { retentionInDays } = news;
            await (retentionInDays > 0
                ? logs.putRetentionPolicy({ logGroupName: id, retentionInDays })
                : logs.deleteRetentionPolicy({ logGroupName: id }));
        }
        if (changed.has("kmsKeyId")) {
            const { kmsKeyId } = news;
            await (kmsKeyId === undefined
                ? logs.disassociateKmsKey({ logGroupName: id })
                : logs.associateKmsKey({ logGroupName: id, kmsKeyId }));
        }
        const tags = tagChanges(update);
        const resourceArn = `arn:${aws.partition}:logs:${aws.region}:${aws.account}:log-group:${id}`;
        if (tags !== undefined && tags.removed.length > 0) await logs.untagResource({ resourceArn, tagKeys: [...tags.removed] });
        if (tags !== undefined && Object.keys(tags.put).length > 0) await logs.tagResource({ resourceArn, tags: { ...tags.put } });
    },
    async delete(id, aws, state) {
        if (state["skipDestroy"] === true) return;
        await unlessMissing((await aws.logs()).deleteLogGroup({ logGroupName: id }), gone);
    },
});

function nameLimit(name: string): string | undefined {
    return /^[\w./#-]{1,512}$/.test(name) ? undefined : "must have 1 to 512 letters, digits and _-/.#";
}
