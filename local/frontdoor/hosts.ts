import type { ListenerView, LoadBalancerView, LoadBalancingView, RuleView } from "../emulator/views";
import { readDns, type Led } from "./dns";
import { matchesPattern } from "./pattern";

/** What the front door has to know to find the load balancer of a host. */
export type HostsView = Pick<LoadBalancingView, "loadBalancers" | "publicZones">;

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
    | { readonly kind: "unclear"; readonly name: string; readonly choices: readonly string[] }
    /** A host for which there is no rule where DNS leads it. */
    | { readonly kind: "unserved"; readonly host: string; readonly led: Led };

/**
 * Finds the host that is meant by `<host>.localhost`, and the listener that serves it: of the load balancer to which public DNS leads the
 * host. Of a host in none of this world's zones nobody here knows that, and whichever has a rule for it serves it. A name of one label,
 * `<id>.localhost`, means the only host that begins with `<id>.`.
 */
export function findHost(hostHeader: string, view: HostsView): WantedHost {
    const name = hostHeader.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
    if (["localhost", "127.0.0.1", "[::1]", ""].includes(name)) return { kind: "start" };
    const wanted = name.replace(/\.localhost$/, "");
    const host = wanted.includes(".") ? wanted : onlyHostOf(wanted, view);
    if (typeof host !== "string") return { kind: "unclear", name: wanted, choices: host };

    const led = readDns(view)(host);
    const asked = led.kind === "balancer" ? [led.loadBalancer] : led.kind === "nowhere" ? [] : view.loadBalancers;
    for (const loadBalancer of asked) {
        const listener = publicListener(loadBalancer);
        if (listener?.rules.some((rule) => hostsOf(rule).some((pattern) => matchesPattern(pattern, host)))) {
            return { kind: "host", host, loadBalancer, listener };
        }
    }
    return { kind: "unserved", host, led };
}

/** All hosts that rules name in full and send somewhere, and that DNS does not lead elsewhere, sorted. */
export function servedHosts(view: HostsView): readonly ServedHost[] {
    const leads = readDns(view);
    const served = view.loadBalancers.flatMap((loadBalancer) => {
        const listener = publicListener(loadBalancer);
        const rules = (listener?.rules ?? []).filter(({ actions }) => actions.some(({ type }) => type === "forward"));
        return rules.flatMap((rule) =>
            hostsOf(rule).flatMap((host) => (listener && !/[*?]/.test(host) && isLedTo(loadBalancer, leads(host)) ? [{ host, loadBalancer, listener, rule }] : [])),
        );
    });
    const first = new Map(served.toReversed().map((entry) => [entry.host, entry]));
    return [...first.values()].sort((one, other) => (one.host < other.host ? -1 : 1));
}

function isLedTo(loadBalancer: LoadBalancerView, led: Led): boolean {
    return led.kind === "elsewhere" || (led.kind === "balancer" && led.loadBalancer.arn === loadBalancer.arn);
}

/** The listener that people reach: HTTPS where there is one, since plain HTTP then only leads there. */
function publicListener({ listeners }: LoadBalancerView): ListenerView | undefined {
    return listeners.find(({ protocol }) => protocol === "HTTPS") ?? listeners[0];
}

function onlyHostOf(label: string, view: HostsView): string | readonly string[] {
    const hosts = servedHosts(view).map(({ host }) => host.toLowerCase());
    const found = hosts.filter((host) => host.startsWith(`${label}.`));
    return found.length === 1 && found[0] !== undefined ? found[0] : found;
}

function hostsOf({ conditions }: RuleView): readonly string[] {
    return conditions.flatMap((condition) => (condition.field === "host-header" ? condition.values : []));
}
