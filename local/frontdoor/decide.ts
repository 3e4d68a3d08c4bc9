import type { ActionView, IngressView, ListenerView, LoadBalancerView, TargetGroupView, TargetKey } from "../emulator/views";
import { isInRange } from "./addresses";
import { matchesRule, type RuleRequest } from "./conditions";

/** What is done with a request. */
export type Decision =
    | { readonly do: "forward"; readonly targets: readonly TargetKey[]; readonly targetGroupArn: string }
    | { readonly do: "respond"; readonly statusCode: number; readonly contentType: string; readonly body: string }
    | { readonly do: "redirect"; readonly statusCode: number; readonly location: string }
    /** No security group lets this address in: on AWS nothing would ever answer. */
    | { readonly do: "refuse" }
    /** The rule asks people to sign in, which this front door cannot do. */
    | { readonly do: "signIn"; readonly type: string };

export interface Scene {
    readonly loadBalancer: Pick<LoadBalancerView, "ingress">;
    readonly listener: ListenerView;
    readonly targetGroups: readonly TargetGroupView[];
    /** From 0 up to 1, excluded: which of several weighted target groups it is. */
    readonly chance: number;
}

/** What an Application Load Balancer does with a request that reaches a listener. Only healthy targets get any; there may be none. */
export function decide(request: RuleRequest, rawQuery: string, { loadBalancer, listener, targetGroups, chance }: Scene): Decision {
    if (!loadBalancer.ingress.some((rule) => letsIn(rule, listener.port, request.clientAddress))) return { do: "refuse" };
    const rule = listener.rules.find((candidate) => matchesRule(candidate, request));
    for (const action of rule?.actions ?? []) {
        switch (action.type) {
            case "authenticate-oidc":
            case "authenticate-cognito":
                return { do: "signIn", type: action.type };
            case "fixed-response":
                return { do: "respond", statusCode: action.statusCode, contentType: action.contentType, body: action.messageBody };
            case "redirect":
                return { do: "redirect", statusCode: action.statusCode, location: locationOf(action, request, rawQuery, listener) };
            case "forward": {
                const arn = chooseWeighted(action.targetGroups, chance);
                const targets = targetGroups.find((group) => group.arn === arn)?.targets ?? [];
                return { do: "forward", targets: targets.filter(({ state }) => state === "healthy"), targetGroupArn: arn ?? "" };
            }
        }
    }
    return { do: "respond", statusCode: 503, contentType: "text/plain", body: "" };
}

function letsIn({ protocol, fromPort, toPort, source }: IngressView, port: number, address: string): boolean {
    return (protocol === "-1" || protocol === "tcp") && fromPort <= port && port <= toPort && isInRange(address, source);
}

/** The target group on which `chance` falls when every one has a share as large as its weight; undefined when no weight is above 0. */
export function chooseWeighted(groups: readonly { readonly arn: string; readonly weight: number }[], chance: number): string | undefined {
    const total = groups.reduce((sum, { weight }) => sum + weight, 0);
    let passed = 0;
    return groups.find(({ weight }) => (passed += weight) > chance * total)?.arn;
}

/** Fills in what a redirect takes from the request: `#{protocol}`, `#{host}`, `#{port}`, `#{path}` (without its slash), `#{query}`. */
function locationOf(
    action: Extract<ActionView, { type: "redirect" }>,
    request: RuleRequest,
    rawQuery: string,
    listener: ListenerView,
): string {
    const values: Readonly<Record<string, string>> = {
        protocol: listener.protocol.toLowerCase(),
        host: request.host,
        port: String(listener.port),
        path: request.path.replace(/^\//, ""),
        query: rawQuery,
    };
    const fill = (template: string): string => template.replace(/#\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
    const query = fill(action.query);
    const url = `${fill(action.protocol).toLowerCase()}://${fill(action.host)}:${fill(action.port)}${fill(action.path)}`;
    return query === "" ? url : `${url}?${query}`;
}
