import { ruleConditions, type RuleCondition } from "../../model/ruleConditions";
import { planPriorities, roomIn, type PriorityRange } from "./priorities";

/** What leads to a web service. */
export interface Route {
    /** The service. Identity: it decides the places of its rules. */
    readonly key: string;
    readonly hosts: readonly string[];
}

export interface PlannedRule extends RuleCondition {
    /** Identity within the service. Its rules only share out hosts and addresses among them, so that a number is all they differ in. */
    readonly role: string;
    /** Place on the listener, the smaller first; absent: behind all others, which the provider finds. */
    readonly priority?: number;
}

export interface RulesPlan {
    /** Listener rules per route. */
    readonly rules: Readonly<Record<string, readonly PlannedRule[]>>;
    readonly problems: readonly string[];
}

/**
 * The listener rules of all routes of an environment. `addresses` are those that every rule has to name. With a `range` each rule has
 * its priority there; without one the order is left to the provider, which is fine where no request fits two rules.
 */
export function planRules(routes: readonly Route[], addresses: readonly string[], range?: PriorityRange): RulesPlan {
    const rules = routes.map(({ key, hosts }) => [key, numbered(ruleConditions(hosts, addresses))] as const);
    if (range === undefined) return { rules: Object.fromEntries(rules), problems: [] };

    const keys = rules.flatMap(([key, ofRoute]) => ofRoute.map(({ role }) => seat(key, role)));
    if (keys.length > roomIn(range)) {
        return { rules: {}, problems: [`${keys.length} listener rules do not fit into the priorities ${range.join(" to ")}`] };
    }
    const priorities = planPriorities(keys, range);
    const seated = rules.map(([key, ofRoute]) => [key, ofRoute.map((rule) => ({ ...rule, priority: priorities.get(seat(key, rule.role)) }))] as const);
    return { rules: Object.fromEntries(seated), problems: [] };
}

function numbered(conditions: readonly RuleCondition[]): readonly PlannedRule[] {
    return conditions.map((condition, index) => ({ role: index === 0 ? "rule" : `rule-${index + 1}`, ...condition }));
}

function seat(key: string, role: string): string {
    return `${key}/${role}`;
}
