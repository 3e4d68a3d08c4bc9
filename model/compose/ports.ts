import { isIP } from "node:net";
import type { ExposedPort, Port } from "../application";
import type { Findings } from "../findings";
import { given } from "../given";
import { refuse } from "./keys";
import { shown } from "./shown";
import { isNothing, type Node, type ScalarNode } from "./tree";
import { readChoice, readInteger, readKeys, readList, readText } from "./values";

const highestPort = 65535;
const protocols = ["tcp", "udp"] as const;
const shortForm = "a port is CONTAINER, HOST:CONTAINER or IP:HOST:CONTAINER, each from 1 to 65535 or a range, and optionally /tcp or /udp";

/**
 * So many port mappings fill the 64 KiB of a task definition. ECS itself counts only ranges, of which a container has at most 100, and what is
 * reserved on a machine of one's own.
 */
const mostOfKey = 1000;

/** A few characters stand for thousands of ports, and a file has many services. */
const mostOfFile = 100_000;

/** How many more ports the services of one file may have. */
export interface PortRoom {
    left: number;
    /** Whether somebody has been told that there are none left. */
    said: boolean;
}

/** The room of one file. */
export function wholePortRoom(): PortRoom {
    return { left: mostOfFile, said: false };
}

/** The ports of one key, as far as there is room for them. */
export interface PortList<P extends ExposedPort> {
    readonly ports: readonly P[];
    /** Whether the file asks for any, be they readable or not. */
    readonly wanted: boolean;
    /** Whether it asks for more than are here. */
    readonly missing: boolean;
    /** The item with which there are too many for a task definition, and how many there are. */
    readonly tooMany?: { readonly at: Node; readonly count: number };
}

/** Ports that one item stands for; there may be many, so each is made when it is asked for. */
interface PortSpan<P> {
    readonly at: Node;
    readonly count: number;
    readonly port: (index: number) => P;
}

/** Reads `ports`. A range becomes one port each. */
export function readPorts(node: Node, findings: Findings, room: PortRoom): PortList<Port> {
    const spans = (readList(node, findings)?.items ?? []).flatMap((item) => {
        if (item.kind === "scalar") return readShortPort(item, findings) ?? [];
        if (item.kind === "map") return readLongPort(item, findings) ?? [];
        findings.error(item, shortForm, shown(item));
        return [];
    });
    return listOf(node, spans, findings, room);
}

/** Reads `expose`: ports that only other services reach. */
export function readExpose(node: Node, findings: Findings, room: PortRoom): PortList<ExposedPort> {
    const spans = (readList(node, findings)?.items ?? []).flatMap((item) => {
        const [, range = "", protocol = "tcp"] = item.kind === "scalar" ? (/^([\d-]+)(?:\/(tcp|udp)?)?$/i.exec(item.text) ?? []) : [];
        const ports = portRange(range);
        if (ports === undefined) {
            findings.error(item, "an exposed port is a number from 1 to 65535 or a range, and optionally /tcp or /udp", shown(item));
            return [];
        }
        const port = (index: number): ExposedPort => ({ containerPort: ports.first + index, protocol: protocolOf(protocol) });
        return { at: item, count: ports.count, port };
    });
    return listOf(node, spans, findings, room);
}

/** Reports a list that no task definition has room for. */
export function checkPortCount({ tooMany }: PortList<ExposedPort>, aws: Findings): void {
    if (tooMany === undefined) return;
    refuse(tooMany.at, `a task definition has at most 64 KiB, which about ${mostOfKey} ports fill, and with this there are ${tooMany.count}`, aws);
}

function listOf<P extends ExposedPort>(node: Node, spans: readonly PortSpan<P>[], findings: Findings, room: PortRoom): PortList<P> {
    const ports: P[] = [];
    let count = 0;
    let tooMany: PortList<P>["tooMany"];
    for (const span of spans) {
        count += span.count;
        if (count > mostOfKey) tooMany ??= { at: span.at, count };
        const fit = Math.min(span.count, mostOfKey - ports.length, room.left);
        for (let index = 0; index < fit; index++) ports.push(span.port(index));
        room.left -= fit;
    }
    if (ports.length < Math.min(count, mostOfKey)) {
        if (!room.said) findings.error(node, `with these the services have more than ${mostOfFile} ports; list fewer`);
        room.said = true;
    }
    const unread = node.kind === "list" ? spans.length < node.items.length : true;
    return given({ ports, wanted: !isNothing(node), missing: unread || ports.length < count, tooMany });
}

function readShortPort(node: ScalarNode, findings: Findings): PortSpan<Port> | undefined {
    const match = /^(?:(?:(?<ip>\[[^\]]*\]|[^:[\]]*):)?(?<published>[\d-]*):)?(?<target>[\d-]+)(?:\/(?<protocol>tcp|udp)?)?$/i.exec(
        node.text,
    );
    const { ip = "", published = "", target = "", protocol = "tcp" } = match?.groups ?? {};
    const targets = portRange(target);
    const onLaptop = published === "" ? undefined : portRange(published, 0);
    const hostIp = ip.replace(/^\[|\]$/g, "");
    if (targets === undefined || (published !== "" && onLaptop === undefined) || (hostIp !== "" && !isAddress(hostIp))) {
        return findings.error(node, shortForm, shown(node));
    }
    if (targets.count > 1 && onLaptop !== undefined && onLaptop.count !== targets.count) {
        return findings.error(node, `the ranges differ in length: ${onLaptop.count} and ${targets.count} ports`, shown(node));
    }
    const same = given({ protocol: protocolOf(protocol), published: published || undefined, hostIp: hostIp || undefined });
    const port = (index: number): Port => {
        const own = { ...same, containerPort: targets.first + index };
        return targets.count === 1 || onLaptop === undefined ? own : { ...own, published: String(onLaptop.first + index) };
    };
    return { at: node, count: targets.count, port };
}

function readLongPort(node: Node, findings: Findings): PortSpan<Port> | undefined {
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
    const port = given({ containerPort, protocol: known, published: publishedText, hostIp });
    return { at: node, count: 1, port: () => port };
}

function protocolOf(text: string): "tcp" | "udp" {
    return text.toLowerCase() === "udp" ? "udp" : "tcp";
}

/** An address without a zone, which Compose does not take. */
function isAddress(text: string): boolean {
    return isIP(text) !== 0 && !text.includes("%");
}

interface PortRange {
    readonly first: number;
    readonly count: number;
}

/** The ports of `80` or `80-82`; undefined when it is neither. */
function portRange(text: string, lowest = 1): PortRange | undefined {
    const [, first = "", last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === "" || from < lowest || to > highestPort || from > to) return undefined;
    return { first: from, count: to - from + 1 };
}
