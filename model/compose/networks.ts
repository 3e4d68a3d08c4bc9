import type { Findings, Located } from "../findings";
import { refuse } from "./keys";
import { shown } from "./shown";
import type { Node } from "./tree";
import { isNull, readKeys, readTextOrTexts, readTexts } from "./values";

const ownNetwork = "a Fargate task has a network interface of its own";
const addresses = ["ipv4_address", "ipv6_address", "link_local_ips", "mac_address"] as const;
const others = ["aliases", "interface_name", "driver_opts", "priority", "gw_priority"] as const;

/** The service whose network this one shares on the laptop: it is its sidecar. */
export function networkOwner(networkMode: Node | undefined): string | undefined {
    const [, owner] = (networkMode?.kind === "scalar" && /^service:(.*)$/.exec(networkMode.text)) || [];
    return owner;
}

/** Checks `network_mode`. A bridge of its own is what a task has on AWS anyway. */
export function checkNetworkMode(node: Node, services: ReadonlySet<string>, findings: Findings, aws: Findings): void {
    const owner = networkOwner(node);
    if (owner !== undefined && !services.has(owner)) findings.error(node, "no service has this name", owner);
    if (owner === undefined && !(node.kind === "scalar" && ["bridge", "default"].includes(node.text))) refuse(node, ownNetwork, aws);
}

/** Reads `networks` of a service: the other names that it has there. On AWS all services see each other. */
export function readAliases(node: Node, declared: ReadonlySet<string>, findings: Findings, aws: Findings): readonly string[] {
    const checkDeclared = (at: Located, name: string): void => {
        if (!declared.has(name)) findings.error(at, "the file declares no network of this name; add it under networks", name);
    };
    if (node.kind === "list") {
        for (const [at, name] of readTextOrTexts(node, findings)) checkDeclared(at, name);
        return [];
    }
    if (node.kind === "scalar") {
        findings.error(node, "a list of networks, or a map of them, is expected", shown(node));
        return [];
    }
    return [...node.entries].flatMap(([name, { key, value }]) => {
        checkDeclared(key, name);
        if (isNull(value)) return [];
        const keys = readKeys(value, findings, [...addresses, ...others]);
        for (const fixed of addresses.flatMap((name) => keys[name] ?? []))
            refuse(fixed, "a Fargate task gets its addresses from the VPC", aws);
        return keys.aliases === undefined ? [] : readTexts(keys.aliases, findings);
    });
}

/** Reads `links`: names that this service alone has for others. @example ["db:database"] gives { database: "db" } */
export function readLinks(node: Node, services: ReadonlySet<string>, findings: Findings): Readonly<Record<string, string>> {
    return Object.fromEntries(
        readTexts(node, findings).flatMap((link) => {
            const [service = "", alias = service] = link.split(":");
            if (!services.has(service)) findings.error(node, "no service has this name", service);
            return alias === service ? [] : [[alias, service] as const];
        }),
    );
}
