import { isIP } from "node:net";
import type { ExposedPort, Port } from "../application";
import type { Findings } from "../findings";
import { given } from "../given";
import { shown } from "./shown";
import type { Node, ScalarNode } from "./tree";
import { readChoice, readInteger, readKeys, readList, readText } from "./values";

const highestPort = 65535;
const protocols = ["tcp", "udp"] as const;
const shortForm = "a port is CONTAINER, HOST:CONTAINER or IP:HOST:CONTAINER, each from 1 to 65535 or a range, and optionally /tcp or /udp";

/** Reads `ports`. A range becomes one port each. */
export function readPorts(node: Node, findings: Findings): readonly Port[] {
    return (readList(node, findings)?.items ?? []).flatMap((item) => {
        if (item.kind === "map") return readLongPort(item, findings) ?? [];
        if (item.kind === "scalar") return readShortPort(item, findings);
        findings.error(item, shortForm, shown(item));
        return [];
    });
}

/** Reads `expose`: ports that only other services reach. */
export function readExpose(node: Node, findings: Findings): readonly ExposedPort[] {
    return (readList(node, findings)?.items ?? []).flatMap((item) => {
        const [, range = "", protocol = "tcp"] = item.kind === "scalar" ? (/^([\d-]+)(?:\/(tcp|udp)?)?$/i.exec(item.text) ?? []) : [];
        const ports = portRange(range);
        if (ports === undefined)
            findings.error(item, "an exposed port is a number from 1 to 65535 or a range, and optionally /tcp or /udp", shown(item));
        return (ports ?? []).map((containerPort) => ({ containerPort, protocol: protocolOf(protocol) }));
    });
}

function readShortPort(node: ScalarNode, findings: Findings): readonly Port[] {
    const match = /^(?:(?:(?<ip>\[[^\]]*\]|[^:[\]]*):)?(?<published>[\d-]*):)?(?<target>[\d-]+)(?:\/(?<protocol>tcp|udp)?)?$/i.exec(
        node.text,
    );
    const { ip = "", published = "", target = "", protocol = "tcp" } = match?.groups ?? {};
    const targets = portRange(target);
    const publishedPorts = published === "" ? [] : portRange(published, 0);
    const hostIp = ip.replace(/^\[|\]$/g, "");
    if (targets === undefined || publishedPorts === undefined || (hostIp !== "" && !isAddress(hostIp))) {
        findings.error(node, shortForm, shown(node));
        return [];
    }
    if (targets.length > 1 && publishedPorts.length > 0 && publishedPorts.length !== targets.length) {
        findings.error(node, `the ranges differ in length: ${publishedPorts.length} and ${targets.length} ports`, shown(node));
        return [];
    }
    return targets.map((containerPort, index) =>
        given({
            containerPort,
            protocol: protocolOf(protocol),
            published: targets.length === 1 ? published || undefined : publishedPorts[index]?.toString(),
            hostIp: hostIp || undefined,
        }),
    );
}

function readLongPort(node: Node, findings: Findings): Port | undefined {
    const { target, published, host_ip, protocol } = readKeys(node, findings, [
        "target",
        "published",
        "host_ip",
        "protocol",
        "mode",
        "name",
        "app_protocol",
    ]);
    if (target === undefined) return findings.error(node, "a port needs target, the port inside the container", shown(node));
    const containerPort = readInteger(target, findings, { min: 1, max: highestPort });
    const publishedText = published && readText(published, findings);
    if (published !== undefined && publishedText !== undefined && portRange(publishedText, 0) === undefined) {
        findings.error(published, `a number from 0 to ${highestPort} or a range is expected`, shown(published));
    }
    const hostIp = host_ip && readText(host_ip, findings);
    if (host_ip !== undefined && hostIp !== undefined && !isAddress(hostIp)) {
        findings.error(host_ip, "an IPv4 or IPv6 address is expected", shown(host_ip));
    }
    const known = protocol === undefined ? "tcp" : readChoice(protocol, findings, protocols);
    if (containerPort === undefined || known === undefined) return undefined;
    return given({ containerPort, protocol: known, published: publishedText, hostIp });
}

function protocolOf(text: string): "tcp" | "udp" {
    return text.toLowerCase() === "udp" ? "udp" : "tcp";
}

/** An address without a zone, which Compose does not take. */
function isAddress(text: string): boolean {
    return isIP(text) !== 0 && !text.includes("%");
}

/** The ports of `80` or `80-82`; undefined when it is neither. */
function portRange(text: string, lowest = 1): readonly number[] | undefined {
    const [, first = "", last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === "" || from < lowest || to > highestPort || from > to) return undefined;
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
