import { z } from "zod";
import { roles, type Extension, type Role } from "../application";
import { fargateProblem, fargateSizes } from "../fargate";
import type { Findings } from "../findings";
import { given } from "../given";
import { checkEach, choice, flag, integer, seconds, secretName, strict, text } from "../validation";
import { isDatabase } from "./image";
import { childOf, nodeAt, toPlain, type MapNode, type Node } from "./tree";

/** The load balancer's limits, in seconds and counts. */
const health = strict({
    path: text(/^\/[!-~]{0,1023}$/, "a path begins with a slash and has no spaces").optional(),
    interval: seconds({ min: 5, max: 300 }).optional(),
    timeout: seconds({ min: 2, max: 120 }).optional(),
    healthy: integer({ min: 2, max: 10 }).optional(),
    unhealthy: integer({ min: 2, max: 10 }).optional(),
    matcher: text(
        /^[2-4]\d\d(-[2-4]\d\d)?(,[2-4]\d\d(-[2-4]\d\d)?)*$/,
        "status codes from 200 to 499 are expected, such as 200-399 or 200,302",
    ).optional(),
});

const size = strict({
    cpu: z
        .preprocess(
            numeric,
            z.literal(
                fargateSizes.map(({ cpu }) => cpu),
                `CPU units of Fargate are expected: ${fargateSizes.map(({ cpu }) => cpu).join(", ")}`,
            ),
        )
        .optional(),
    memory: integer({ min: 512, max: 244 * 1024 }).optional(),
});

/** `x-understudy` of a service. Keys and meanings are described in docs/compose.md. */
const keys = {
    role: choice(roles).optional(),
    port: integer({ min: 1, max: 65535 }).optional(),
    main: flag().optional(),
    health: health.optional(),
    host: text(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "a host is the first label of a name, lower case, such as www").optional(),
    size: size.optional(),
    secrets: z.array(secretName, "a list of names is expected").optional(),
    of: z.string("the name of a service is expected").optional(),
    deregistrationDelay: seconds({ min: 0, max: 3600 }).optional(),
    ignore: z.array(z.string("the name of a key is expected"), "a list of keys of the service is expected").optional(),
};

/** Keys that mean something for services with a route only. */
export const webKeys = ["port", "main", "health", "host", "deregistrationDelay"] as const satisfies readonly (keyof typeof keys)[];

/** What the role of a service is inferred from, where it is not written. */
export interface RoleEvidence {
    readonly image?: string;
    readonly built: boolean;
    readonly hasPorts: boolean;
    /** The service whose network it shares on the laptop. */
    readonly networkOf?: string;
}

const nothing: Extension = { roleGiven: false, health: {}, secrets: [] };

/** Reads `x-understudy` of a service; the node is the whole service. */
export function readExtension(service: MapNode, findings: Findings): Extension & { readonly role?: Role } {
    const node = childOf(service, "x-understudy");
    if (node === undefined) return nothing;
    const plain = toPlain(node) ?? {};
    const { data, faults } = checkEach(keys, plain);
    for (const { path, value, message } of faults) {
        const isKnown = path[0] !== undefined && path[0] !== "secrets" && Object.hasOwn(keys, path[0]);
        const found = isKnown ? value : undefined; // where a name belongs, or under a key that is none, somebody may have written a secret itself
        findings.error({ path: [...node.path, ...path], place: nodeAt(node, path).place }, message, found);
    }
    checkSize(data.size, nodeAt(node, ["size"]), findings);
    return given({
        role: data.role,
        roleGiven: data.role !== undefined,
        port: data.port,
        main: data.main,
        health: given(data.health ?? {}),
        host: data.host,
        size: data.size && given(data.size),
        secrets: [...new Set(data.secrets ?? secretsNamedIn(plain))].toSorted(),
        of: data.of,
        deregistrationDelay: data.deregistrationDelay,
    });
}

/** The secrets that a faulty list names all the same: their values must not be taken for plain ones. @example ["TOKEN=value", "1x"] names TOKEN */
function secretsNamedIn(extension: unknown): readonly string[] {
    return wordsIn((extension as { readonly secrets?: unknown }).secrets).filter((word) => secretName.safeParse(word).success);
}

function wordsIn(value: unknown): readonly string[] {
    if (typeof value === "string") return value.split(/[\s,]+/).map((word) => word.replace(/[=:].*/s, ""));
    if (Array.isArray(value)) return value.flatMap(wordsIn);
    return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

/** The role of a service that does not say its own. */
export function inferRole({ image, built, hasPorts, networkOf }: RoleEvidence, of: string | undefined): Role {
    if (of !== undefined || networkOf !== undefined) return "sidecar";
    if (!built && image !== undefined && isDatabase(image)) return "store";
    return hasPorts ? "web" : "worker";
}

function checkSize(given: { readonly cpu?: number; readonly memory?: number } | undefined, node: Node, findings: Findings): void {
    if (given?.cpu === undefined || given.memory === undefined) return;
    const problem = fargateProblem({ cpu: given.cpu, memory: given.memory });
    if (problem !== undefined) findings.error(node, problem, `${given.cpu} / ${given.memory}`);
}

function numeric(value: unknown): unknown {
    return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}
