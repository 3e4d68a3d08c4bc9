/** A range of IPv4 addresses. */
export interface Cidr {
    /** The first address, as a number. */
    readonly base: number;
    /** Length of the network prefix. */
    readonly bits: number;
}

/** Reads a range; undefined when the text is none. @example parseCidr("10.0.0.0/16") */
export function parseCidr(text: string): Cidr | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
    if (match === null) return undefined;
    const [first = 0, second = 0, third = 0, fourth = 0, bits = 0] = match.slice(1).map(Number);
    if ([first, second, third, fourth].some((part) => part > 255) || bits > 32) return undefined;
    const address = first * 2 ** 24 + second * 2 ** 16 + third * 2 ** 8 + fourth;
    return { base: address - (address % sizeOf(bits)), bits };
}

/** @example formatCidr({ base: 167772160, bits: 16 }) is "10.0.0.0/16" */
export function formatCidr({ base, bits }: Cidr): string {
    const parts = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
    return `${parts.join(".")}/${bits}`;
}

/** Number of addresses in a range with that prefix. */
export function sizeOf(bits: number): number {
    return 2 ** (32 - bits);
}

/** The first range with that prefix that begins at or after an address. */
export function firstFrom(address: number, bits: number): Cidr {
    const size = sizeOf(bits);
    return { base: Math.ceil(address / size) * size, bits };
}
