import { firstFrom, formatCidr, parseCidr, sizeOf, type Cidr } from "./cidr";

export type SubnetType = "Public" | "Private" | "Isolated" | "Unused";

/** One kind of subnet, which every zone gets. */
export interface SubnetSpec {
    readonly type: SubnetType;
    /** Default: the type. */
    readonly name?: string | undefined;
    /** Length of the network prefix; default: an equal share of the zone's range. */
    readonly cidrMask?: number | undefined;
    readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** A subnet to make. */
export interface PlannedSubnet {
    /** @example "network-vpc-public-1" */
    readonly name: string;
    readonly type: Exclude<SubnetType, "Unused">;
    /** @example "eu-west-1a" */
    readonly zone: string;
    readonly cidr: string;
    readonly tags: Readonly<Record<string, string>>;
}

/** The layout without any specs: a large private and a smaller public subnet in each zone. */
const defaultTypes = ["Private", "Public"] as const;
const widestDefault = 16;
const order: readonly SubnetType[] = ["Public", "Private", "Isolated"];

/**
 * Lays out subnets as awsx does with the strategy "Auto": the range is divided evenly among the zones, and within a zone the subnets
 * stand in the order of their specs, each where its size allows. Returns them zone by zone, public ones first, since the NAT gateways
 * of the others stand in them. Throws when they do not fit.
 */
export function planSubnets(
    vpc: string,
    cidr: string,
    zones: readonly string[],
    given: readonly SubnetSpec[] | undefined,
): readonly PlannedSubnet[] {
    const range = parseCidr(cidr);
    if (range === undefined) throw new Error("cidrBlock must be an IPv4 range, such as 10.0.0.0/16");
    const zoneBits = range.bits + Math.ceil(Math.log2(zones.length));
    const specs = given ?? defaultSpecs(zoneBits);
    refuseRepeatedNames(specs);
    const shareBits = zoneBits + Math.ceil(Math.log2(specs.length));
    const masks = specs.map(({ cidrMask }) => cidrMask ?? shareBits);
    refuseTooLarge(zoneBits, masks);
    return zones.flatMap((zone, index) => {
        const start = range.base + index * sizeOf(zoneBits);
        const ranges = consecutive(start, masks);
        const subnets = specs.map((spec, place) => ({
            ...spec,
            name: `${vpc}-${spec.name ?? spec.type.toLowerCase()}-${index + 1}`,
            range: ranges[place],
        }));
        return order.flatMap((type) =>
            subnets
                .filter((subnet) => subnet.type === type)
                .map(({ name, range: own, tags = {} }) => ({
                    name,
                    type: type as PlannedSubnet["type"],
                    zone,
                    cidr: formatCidr(own ?? range),
                    tags,
                })),
        );
    });
}

function defaultSpecs(zoneBits: number): readonly SubnetSpec[] {
    return defaultTypes.map((type, index) => ({ type, cidrMask: Math.max(zoneBits, widestDefault) + index + 1 }));
}

function consecutive(start: number, masks: readonly number[]): readonly Cidr[] {
    let next = start;
    return masks.map((bits) => {
        const range = firstFrom(next, bits);
        next = range.base + sizeOf(bits);
        return range;
    });
}

function refuseTooLarge(zoneBits: number, masks: readonly number[]): void {
    const needed = consecutive(0, masks).reduce((end, { base, bits }) => Math.max(end, base + sizeOf(bits)), 0);
    if (needed <= sizeOf(zoneBits)) return;
    throw new Error(
        `Subnets are too large for VPC. A zone has ${sizeOf(zoneBits)} addresses, but its subnets require ${needed} addresses.`,
    );
}

function refuseRepeatedNames(specs: readonly SubnetSpec[]): void {
    const names = specs.map(({ name, type }) => name ?? type.toLowerCase());
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated !== undefined) throw new Error(`Multiple subnet specs are named "${repeated}"; give each one a name of its own`);
}
