import type { ListenerView, LoadBalancerView, LoadBalancingView, RuleView } from "../emulator/views";
import { matchesPattern } from "./pattern";

/** The host names of an environment that the front door serves, with what serves them. */
export interface ServedHost {
    readonly host: string;
    readonly loadBalancer: LoadBalancerView;
    readonly listener: ListenerView;
    readonly rule: RuleView;
}

/** What the Host header of a request asks for. */
export type WantedHost =
    /** The front door itself. */
    | { readonly kind: "start" }
    | { readonly kind: "host"; readonly host: string; readonly loadBalancer: LoadBalancerView; readonly listener: ListenerView }
    /** A short name for which several hosts exist, or none. */
    | { readonly kind: "unclear"; readonly name: string; readonly choices: readonly string[] };

/**
 * Finds the host that is meant by `<host>.localhost`, and the listener that serves it. A name of one label, `<id>.localhost`, means the
 * only host that begins with `<id>.`.
 */
export function findHost(hostHeader: string, view: Pick<LoadBalancingView, "loadBalancers">): WantedHost {
    const name = hostHeader.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
    if (["localhost", "127.0.0.1", "[::1]", ""].includes(name)) return { kind: "start" };
    const wanted = name.replace(/\.localhost$/, "");
    const host = wanted.includes(".") ? wanted : onlyHostOf(wanted, view);
    if (typeof host !== "string") return { kind: "unclear", name: wanted, choices: host };

    for (const loadBalancer of view.loadBalancers) {
        const listener = publicListener(loadBalancer);
        if (listener?.rules.some((rule) => hostsOf(rule).some((pattern) => matchesPattern(pattern, host)))) {
            return { kind: "host", host, loadBalancer, listener };
        }
    }
    return { kind: "unclear", name: host, choices: [] };
}

/** All hosts that rules name in full and send somewhere, sorted. */
export function servedHosts({ loadBalancers }: Pick<LoadBalancingView, "loadBalancers">): readonly ServedHost[] {
    const served = loadBalancers.flatMap((loadBalancer) => {
        const listener = publicListener(loadBalancer);
        const rules = (listener?.rules ?? []).filter(({ actions }) => actions.some(({ type }) => type === "forward"));
        return rules.flatMap((rule) =>
            hostsOf(rule).flatMap((host) => (listener && !/[*?]/.test(host) ? [{ host, loadBalancer, listener, rule }] : [])),
        );
    });
    const first = new Map(served.toReversed().map((entry) => [entry.host, entry]));
    return [...first.values()].sort((one, other) => (one.host < other.host ? -1 : 1));
}

/** The listener that people reach: HTTPS where there is one, since plain HTTP then only leads there. */
function publicListener({ listeners }: LoadBalancerView): ListenerView | undefined {
    return listeners.find(({ protocol }) => protocol === "HTTPS") ?? listeners[0];
}

function onlyHostOf(label: string, view: Pick<LoadBalancingView, "loadBalancers">): string | readonly string[] {
    const hosts = servedHosts(view).map(({ host }) => host.toLowerCase());
    const found = hosts.filter((host) => host.startsWith(`${label}.`));
    return found.length === 1 && found[0] !== undefined ? found[0] : found;
}

function hostsOf({ conditions }: RuleView): readonly string[] {
    return conditions.flatMap((condition) => (condition.field === "host-header" ? condition.values : []));
}
