import { BlockList, isIPv6 } from "node:net";

/** An address as rules write it: an IPv4 address that the system shows inside an IPv6 one. @example "::ffff:127.0.0.1" is "127.0.0.1" */
export function plainAddress(address: string): string {
    return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

export function isLoopback(address: string): boolean {
    return isInRange(address, "127.0.0.0/8") || isInRange(address, "::1/128");
}

/** True when an address is in a range. False for what is no range, such as the id of a security group. */
export function isInRange(address: string, range: string): boolean {
    const [network = "", bits] = range.split("/");
    const familyOf = (text: string): "ipv4" | "ipv6" => (isIPv6(text) ? "ipv6" : "ipv4");
    const list = new BlockList();
    try {
        list.addSubnet(network, bits === undefined ? (isIPv6(network) ? 128 : 32) : Number(bits), familyOf(network));
    } catch {
        return false;
    }
    return familyOf(address) === familyOf(network) && list.check(address, familyOf(address));
}
