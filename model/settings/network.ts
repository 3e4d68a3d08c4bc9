import { z } from "zod";
import { formatCidr, isPrivate, networkOf, parseCidr } from "../cidr";
import { choice, either, integer, refined, strict, text } from "../validation";

const nats = ["none", "single", "perZone"] as const;
type Nat = (typeof nats)[number];

const subnets = z.array(id("subnet"), "a list of subnet ids is expected");

const newNetwork = (nat: Nat) =>
    strict({
        cidr: refined(z.string("a range such as 10.0.0.0/16 is expected"), networkProblem)
            .default("10.0.0.0/16")
            .describe("Addresses of a network to make: a /16 to /24 of a private range that no other base has"),
        zones: integer({ min: 2, max: 3 }).default(2).describe("Number of availability zones, 2 or 3"),
        nat: choice(nats)
            .default(nat)
            .describe("How tasks reach the internet: none (they have public addresses), single (one NAT gateway) or perZone (one in each zone)"),
    }).readonly();

const existingNetwork = strict({
    vpcId: id("vpc").describe("VPC that exists, in place of a new one"),
    publicSubnetIds: subnets
        .min(2, "subnets in at least two availability zones are expected, as a load balancer needs them")
        .readonly()
        .describe("Its subnets for the load balancer, in at least two zones"),
    privateSubnetIds: subnets.readonly().default([]).describe("Its subnets for the tasks; when empty they run in the public ones with public addresses"),
}).readonly();

export type NetworkSettings = z.output<ReturnType<typeof newNetwork>> | z.output<typeof existingNetwork>;

/** A network to make, or the ids of one that exists. */
export function network(defaultNat: Nat): z.ZodType<NetworkSettings> {
    return either(newNetwork(defaultNat), existingNetwork, (value) => hasKey(value, ["vpcId", "publicSubnetIds", "privateSubnetIds"]));
}

/** A load balancer holds about a hundred environments, and costs by the hour whether it holds any. */
export const mostShards = 10;

const ingressKinds = "allowed: own, existing";
const borrowedKeys = ["listenerArn", "securityGroupId", "priorities"] as const;
const ofBorrowed = z
    .never(
        "this is of a borrowed listener, kind existing, which has listenerArn, securityGroupId and priorities, while a load balancer of its own, kind own, has shards; " +
            "leave this out, or write kind: existing",
    )
    .optional();

const ownIngress = strict({
    kind: z.literal("own", ingressKinds).default("own").describe("own for a load balancer to make, existing for one to borrow; told by the other keys"),
    shards: integer({ min: 1, max: mostShards })
        .default(1)
        .describe("Number of load balancers to make, 1 to 10, where branches are more than about a hundred: each holds 100 rules and 100 target groups"),
    listenerArn: ofBorrowed,
    securityGroupId: ofBorrowed,
    priorities: ofBorrowed,
}).readonly();

const existingIngress = strict({
    kind: z.literal("existing", ingressKinds).default("existing"),
    shards: z
        .never("a borrowed listener is on one load balancer, and there is no other to share out branches to; leave shards out, or listenerArn and securityGroupId for load balancers of its own")
        .optional(),
    listenerArn: text(
        /^arn:aws:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/.+$/,
        "the ARN of an HTTPS listener of an application load balancer is expected",
    ).describe("ARN of the HTTPS listener to borrow, of which only rules are touched"),
    securityGroupId: id("sg").describe("Security group of that load balancer; tasks accept requests from it"),
    priorities: refined(
        z.tuple(
            [integer({ min: 1, max: 49_999 }), integer({ min: 1, max: 49_999 })],
            "a list of two numbers is expected, such as [1, 999]",
        ),
        ([first, last]) => (first <= last ? undefined : "the first priority is above the last; swap them"),
    )
        .readonly()
        .default([1, 999])
        .describe(
            "First and last rule priority that this environment may take. The one after them, at most 50000, refuses what no rule takes",
        ),
}).readonly();

/** A load balancer to make, or an HTTPS listener to borrow, of which nothing is touched but rules. */
export const ingress = either(ownIngress, existingIngress, (value) => isOfKind(value, "existing") || (!isOfKind(value, "own") && hasKey(value, borrowedKeys)));

const addresses = strict({
    addresses: z
        .array(refined(z.string("a range such as 203.0.113.0/24 is expected"), addressProblem), "a list of ranges is expected")
        .readonly()
        .describe("Ranges of addresses that may open the pages"),
}).readonly();

/** Who may open the environment's pages. */
export const access = either(
    addresses,
    z.literal("public", "either public or a map with addresses is expected"),
    (value) => typeof value === "string",
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

function isOfKind(value: unknown, kind: string): boolean {
    return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}
