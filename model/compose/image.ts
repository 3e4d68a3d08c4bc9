import type { Findings } from "../findings";
import { shown } from "./shown";
import { childOf, type Node } from "./tree";
import { readText } from "./values";

const part = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const reference = new RegExp(`^(?:[a-zA-Z0-9.-]+(?::\\d+)?/)?${part}(?:/${part})*(?::\\w[\\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,})?$`);

/** Repository names under which databases and caches are published. */
const databases = new Set([
    "aurora-mysql",
    "cassandra",
    "clickhouse-server",
    "elasticsearch",
    "keydb",
    "mariadb",
    "memcached",
    "mongo",
    "mongodb",
    "mysql",
    "mysql-server",
    "opensearch",
    "percona",
    "percona-server",
    "pgvector",
    "postgis",
    "postgres",
    "postgresql",
    "redis",
    "redis-stack",
    "redis-stack-server",
    "timescaledb",
    "valkey",
]);

/** Reads `image`, a reference such as `registry.example.com/shop/web:1.4`. */
export function readImage(node: Node, findings: Findings): string | undefined {
    const text = readText(node, findings);
    if (text === undefined || reference.test(text)) return text;
    return findings.error(node, "an image reference is lower case, such as nginx:1.27 or registry.example.com/shop/web:1.4", shown(node));
}

/** The last part of a reference without tag and digest. @example imageName("registry.example.com/shop/web:1.4") === "web" */
export function imageName(image: string): string {
    return /([^/]*?)(?::[^:@/]*)?(?:@.*)?$/.exec(image)?.[1] ?? image;
}

/** True for the image of a known database or cache. */
export function isDatabase(image: string): boolean {
    return databases.has(imageName(image));
}

/** The folder that `build` names; the Compose file's own where it names none. Nothing of a build is checked: it is the laptop's. */
export function buildContext(build: Node): string {
    const context = build.kind === "map" ? childOf(build, "context") : build;
    return context?.kind === "scalar" && context.text !== "" ? context.text : ".";
}
