import { setTimeout as pause } from "node:timers/promises";
import { between, number, object, regional, set, tagged, text, type ValueOf } from "../../arguments";
import { hasCode, Refusal, unlessMissing } from "../../errors";
import { resourceType, type Actual } from "../../resourceType";
import type { Aws } from "../../session";
import type { RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import { actions, readActions, writeActions } from "./actions";
import { retag, tagsFor, tagsOf } from "./tags";

const values = object({ values: set(text(), { required: true }) });

const condition = object({
    hostHeader: values,
    pathPattern: values,
    sourceIp: values,
    httpRequestMethod: values,
    httpHeader: object({ httpHeaderName: text({ required: true }), values: set(text(), { required: true }) }),
    queryStrings: set(object({ key: text(), value: text({ required: true }) })),
});
type Condition = ValueOf<typeof condition>;

/** Quota "Condition values per rule". */
const valuesPerRule = 5;
const highestPriority = 50_000;
/** Of DescribeRules; a load balancer holds 100. */
const mostRulesInAPage = 400;
const priorityInUse = ["PriorityInUseException", "PriorityInUse"] as const;
const gone = ["RuleNotFoundException", "RuleNotFound"] as const;

export const listenerRule = resourceType({
    token: "aws:lb/listenerRule:ListenerRule",
    arguments: {
        ...regional,
        listenerArn: text({ required: true, replaces: true }),
        priority: number({ computed: true, limit: between(1, highestPriority) }),
        actions,
        conditions: set(condition, { required: true, limit: conditionLimit }),
        ...tagged,
    },
    outputs: ["arn"],
    async create({ listenerArn, priority, actions: wanted, conditions, tagsAll }, aws) {
        const elb = await aws.elb();
        const rule = {
            ListenerArn: listenerArn,
            Actions: writeActions(wanted),
            Conditions: conditions.map(writeCondition),
            Tags: tagsFor(tagsAll),
        };
        const { Rules } =
            priority === undefined
                ? await afterTheHighest(listenerArn, aws, (Priority) => elb.createRule({ ...rule, Priority }))
                : await elb.createRule({ ...rule, Priority: priority });
        return Rules?.[0]?.RuleArn ?? "";
    },
    async read(id, aws) {
        const found = (await unlessMissing((await aws.elb()).describeRules({ RuleArns: [id] }), ...gone))?.Rules?.[0];
        if (found === undefined) return undefined;
        return {
            listenerArn: id.replace(":listener-rule/", ":listener/").replace(/\/[^/]+$/, ""),
            priority: Number(found.Priority),
            actions: readActions(found.Actions),
            conditions: found.Conditions?.map(readCondition),
            tagsAll: await tagsOf(id, aws),
            arn: id,
        };
    },
    async update(id, update, aws) {
        const { changed, news } = update;
        const elb = await aws.elb();
        if (changed.has("priority")) await elb.setRulePriorities({ RulePriorities: [{ RuleArn: id, Priority: news.priority }] });
        if (changed.has("actions") || changed.has("conditions")) {
            await elb.modifyRule({ RuleArn: id, Actions: writeActions(news.actions), Conditions: news.conditions.map(writeCondition) });
        }
        await retag(id, update, aws);
    },
    async delete(id, aws) {
        await unlessMissing((await aws.elb()).deleteRule({ RuleArn: id }), ...gone);
    },
});

/**
 * Takes the next priority after the highest one on the listener. Others look for theirs at the same moment, in this process and in
 * those of other stacks, so a priority that is taken meanwhile is no error: the next one is tried, for as long as the real provider does.
 */
async function afterTheHighest<T>(listenerArn: string, aws: Aws, take: (priority: number) => Promise<T>): Promise<T> {
    return await aws.inTurn(`rules of ${listenerArn}`, () =>
        aws.waitFor("a listener rule priority that is free", 5, async () => {
            // In one page: between two of them the rule at which the first one ended may go.
            const { Rules = [] } = await (await aws.elb()).describeRules({ ListenerArn: listenerArn, PageSize: mostRulesInAPage });
            const priority = Math.max(0, ...Rules.map(({ Priority }) => Number(Priority)).filter(Number.isInteger)) + 1;
            if (priority > highestPriority)
                throw new Refusal("InvalidConfigurationRequest", `no priority is left after ${highestPriority}`);
            try {
                return await take(priority);
            } catch (error) {
                if (!hasCode(error, ...priorityInUse)) throw error;
                await pause(Math.random() * 50); // or two that collided once collide again
                return undefined;
            }
        }),
    );
}

function conditionLimit(conditions: readonly Condition[]): string | undefined {
    if (conditions.length === 0) return "at least one condition must be given";
    if (conditions.some((one) => Object.keys(one).length !== 1)) return "each condition must have exactly one field";
    const count = conditions.flatMap(valuesIn).length;
    return count > valuesPerRule ? `A rule can only have '${valuesPerRule}' condition values; it has ${count}` : undefined;
}

function valuesIn({ hostHeader, pathPattern, sourceIp, httpRequestMethod, httpHeader, queryStrings = [] }: Condition): readonly unknown[] {
    const lists = [hostHeader, pathPattern, sourceIp, httpRequestMethod, httpHeader].flatMap((part) => part?.values ?? []);
    return [...lists, ...queryStrings];
}

function writeCondition(input: Condition): RuleCondition {
    const { hostHeader, pathPattern, sourceIp, httpRequestMethod, httpHeader, queryStrings } = input;
    if (hostHeader !== undefined) return { Field: "host-header", HostHeaderConfig: { Values: [...hostHeader.values] } };
    if (pathPattern !== undefined) return { Field: "path-pattern", PathPatternConfig: { Values: [...pathPattern.values] } };
    if (sourceIp !== undefined) return { Field: "source-ip", SourceIpConfig: { Values: [...sourceIp.values] } };
    if (httpRequestMethod !== undefined)
        return { Field: "http-request-method", HttpRequestMethodConfig: { Values: [...httpRequestMethod.values] } };
    if (httpHeader !== undefined) {
        return { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: httpHeader.httpHeaderName, Values: [...httpHeader.values] } };
    }
    return {
        Field: "query-string",
        QueryStringConfig: { Values: (queryStrings ?? []).map(({ key, value }) => ({ Key: key, Value: value })) },
    };
}

function readCondition(found: RuleCondition): Actual {
    const { HostHeaderConfig, PathPatternConfig, SourceIpConfig, HttpRequestMethodConfig, HttpHeaderConfig, QueryStringConfig } = found;
    return {
        hostHeader: HostHeaderConfig && { values: HostHeaderConfig.Values },
        pathPattern: PathPatternConfig && { values: PathPatternConfig.Values },
        sourceIp: SourceIpConfig && { values: SourceIpConfig.Values },
        httpRequestMethod: HttpRequestMethodConfig && { values: HttpRequestMethodConfig.Values },
        httpHeader: HttpHeaderConfig && { httpHeaderName: HttpHeaderConfig.HttpHeaderName, values: HttpHeaderConfig.Values },
        queryStrings: QueryStringConfig?.Values?.map(({ Key, Value }) => ({ key: Key, value: Value })),
    };
}
