import { z } from "zod";
import { formatCidr, isPrivate, networkOf, parseCidr } from "./cidr";
import { choice, choose, integer, refined, strict, text } from "./validation";

const nats = ["none", "single", "perZone"] as const;
type Nat = (typeof nats)[number];

const subnets = z.array(id("subnet"), "a list of subnet ids is expected");

const newNetwork = (nat: Nat) =>
    strict({
        /** A /16 to /24 of a private range. */
        cidr: refined(z.string("a range such as 10.0.0.0/16 is expected"), networkProblem).default("10.0.0.0/16"),
        /** Availability zones, 2 or 3. */
        zones: integer({ min: 2, max: 3 }).default(2),
        /** `none`: tasks have public addresses; `single`: one NAT gateway; `perZone`: one in each zone. */
        nat: choice(nats).default(nat),
    }).readonly();

const existingNetwork = strict({
    vpcId: id("vpc"),
    publicSubnetIds: subnets.min(2, "subnets in at least two availability zones are expected, as a load balancer needs them").readonly(),
    /** Subnets of the tasks; when empty they run in the public ones with public addresses. */
    privateSubnetIds: subnets.readonly().default([]),
}).readonly();

export type NetworkSettings = z.output<ReturnType<typeof newNetwork>> | z.output<typeof existingNetwork>;

/** A network to make, or the ids of one that exists. */
export function network(defaultNat: Nat): z.ZodType<NetworkSettings> {
    return choose((value) => (hasKey(value, ["vpcId", "publicSubnetIds", "privateSubnetIds"]) ? existingNetwork : newNetwork(defaultNat)));
}

const ownIngress = strict({ kind: z.literal("own").default("own") }).readonly();

const existingIngress = strict({
    kind: z.literal("existing").default("existing"),
    listenerArn: text(
        /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/.+$/,
        "the ARN of an HTTPS listener of an application load balancer is expected",
    ),
    /** Security group of that load balancer; tasks accept requests from it. */
    securityGroupId: id("sg"),
    /** Rule priorities this environment may take, inclusive. The one after them, which AWS must still allow (at most 50,000), refuses what no rule takes. */
    priorities: refined(
        z.tuple(
            [integer({ min: 1, max: 49_999 }), integer({ min: 1, max: 49_999 })],
            "a list of two numbers is expected, such as [1, 999]",
        ),
        ([first, last]) => (first <= last ? undefined : "the first priority is above the last; swap them"),
    )
        .readonly()
        .default([1, 999]),
}).readonly();

/** A load balancer to make, or an HTTPS listener to borrow, of which nothing is touched but rules. */
export const ingress = choose((value) =>
    hasKey(value, ["listenerArn", "securityGroupId", "priorities"]) || isExisting(value) ? existingIngress : ownIngress,
);

const addresses = strict({
    addresses: z
        .array(refined(z.string("a range such as 203.0.113.0/24 is expected"), addressProblem), "a list of ranges is expected")
        .readonly(),
}).readonly();

/** Who may open the environment's pages. */
export const access = choose((value) =>
    typeof value === "string" ? z.literal("public", "either public or a map with addresses is expected") : addresses,
);

function id(prefix: string): z.ZodType<string> {
    return text(new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`), `an id such as ${prefix}-0123456789abcdef0 is expected`);
}

function networkProblem(value: string): string | undefined {
    const range = parseCidr(value);
    const allowed = range !== undefined && range.prefix >= 16 && range.prefix <= 24 && isPrivate(range);
    return allowed ? misalignment(value) : "a private range from /16 to /24 is expected, such as 10.0.0.0/16";
}

function addressProblem(value: string): string | undefined {
    const range = parseCidr(value);
    if (range === undefined) return "a range of IPv4 addresses such as 203.0.113.0/24 is expected; a single address ends with /32";
    return range.prefix === 0 ? "this is everybody; say access: public if that is meant" : misalignment(value);
}

/** AWS stores the range without these bits, and would show a difference for ever. */
function misalignment(value: string): string | undefined {
    const range = parseCidr(value);
    const aligned = range && formatCidr(networkOf(range));
    return aligned === undefined || aligned === value ? undefined : `the address has bits beyond its prefix; write ${aligned}`;
}

function hasKey(value: unknown, keys: readonly string[]): boolean {
    return typeof value === "object" && value !== null && keys.some((key) => key in value);
}

function isExisting(value: unknown): boolean {
    return typeof value === "object" && value !== null && "kind" in value && value.kind === "existing";
}
