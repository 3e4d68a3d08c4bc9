/** A range of IPv4 addresses. */
export interface Cidr {
    /** The address as a number. */
    readonly address: number;
    readonly prefix: number;
}

/** Private ranges of RFC 1918. */
const privateRanges: readonly Cidr[] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].flatMap((text) => parseCidr(text) ?? []);

/** Reads `address/prefix`; undefined when it is not one. The address may have bits beyond the prefix. */
export function parseCidr(text: string): Cidr | undefined {
    const numbers = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)?.slice(1).map(Number);
    const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = numbers ?? [];
    if (numbers === undefined || Math.max(a, b, c, d) > 255 || prefix > 32) return undefined;
    return { address: ((a * 256 + b) * 256 + c) * 256 + d, prefix };
}

/** The range with all bits beyond its prefix cleared, as AWS stores it. @example networkOf({ 10.0.0.7, 24 }) is 10.0.0.0/24 */
export function networkOf({ address, prefix }: Cidr): Cidr {
    const size = 2 ** (32 - prefix);
    return { address: Math.floor(address / size) * size, prefix };
}

/** True when the whole range is private. */
export function isPrivate(range: Cidr): boolean {
    return privateRanges.some(
        ({ address, prefix }) => range.prefix >= prefix && networkOf({ address: range.address, prefix }).address === address,
    );
}

/** True when the ranges have an address in common. */
export function overlap(a: Cidr, b: Cidr): boolean {
    const prefix = Math.min(a.prefix, b.prefix);
    return networkOf({ ...a, prefix }).address === networkOf({ ...b, prefix }).address;
}

/** @example formatCidr({ address: 167772160, prefix: 16 }) === "10.0.0.0/16" */
export function formatCidr({ address, prefix }: Cidr): string {
    const bytes = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256);
    return `${bytes.join(".")}/${prefix}`;
}
