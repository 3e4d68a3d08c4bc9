import type { AccessSettings } from "./settings";

/**
 * A documentation address (RFC 5737), from which no request ever comes. A listener rule without any source condition would let all in,
 * and a service without any rule would be refused by ECS: a closed environment whose load balancer is somebody else's names this one.
 */
export const nobody = "192.0.2.0/32";

/** Networks that an own load balancer lets in. None, unless somebody says otherwise. */
export function admittedNetworks(access: AccessSettings): readonly string[] {
    return access === "public" ? ["0.0.0.0/0"] : access.addresses;
}

/** Networks that each rule on a borrowed listener must name; empty only where everybody may come. */
export function ruleAddresses(access: AccessSettings): readonly string[] {
    if (access === "public") return [];
    return access.addresses.length === 0 ? [nobody] : access.addresses;
}
