import * as pulumi from "@pulumi/pulumi";
import { flag, list, map, number, object, oneOf, text } from "../arguments";
import { complete } from "../changes";
import { argumentProblems } from "../check";
import { unknown, type Value } from "../values";
import type { SubnetSpec } from "./subnetPlan";

/** The arguments of `awsx.ec2.Vpc` that the local provider has, complete. Those that decide what is made are plain values. */
export interface VpcArgs {
    readonly cidrBlock: string;
    readonly availabilityZoneNames?: readonly string[];
    readonly numberOfAvailabilityZones: number;
    readonly natGateways: { readonly strategy: "None" | "Single" | "OnePerAz" };
    readonly subnetSpecs?: readonly SubnetSpec[];
    readonly enableDnsSupport?: pulumi.Input<boolean>;
    readonly enableDnsHostnames?: pulumi.Input<boolean>;
    readonly tags?: pulumi.Input<Record<string, string>>;
}

const subnetSpec = object({
    type: oneOf(["Public", "Private", "Isolated", "Unused"], { required: true }),
    name: text(),
    cidrMask: number(),
    tags: map(),
});

const plain = {
    cidrBlock: text({ default: "10.0.0.0/16" }),
    availabilityZoneNames: list(text()),
    numberOfAvailabilityZones: number({ default: 3 }),
    natGateways: object({ strategy: oneOf(["None", "Single", "OnePerAz"], { required: true }) }, { default: { strategy: "OnePerAz" } }),
    subnetStrategy: oneOf(["Auto"], { required: true }),
    subnetSpecs: list(subnetSpec),
};
const inputs = { enableDnsSupport: flag(), enableDnsHostnames: flag(), tags: map() };

/** Reads what a program gives. Throws with everything that is wrong with it. */
export function readVpcArgs(given: pulumi.Inputs): VpcArgs {
    const values = Object.entries(given).map(
        ([name, value]: [string, unknown]) => [name, pulumi.Output.isInstance(value) ? unknown : (value as Value)] as const,
    );
    const props = Object.fromEntries(values);
    const problems = [
        ...argumentProblems("awsx:ec2:Vpc", { ...plain, ...inputs }, props),
        ...Object.keys(plain).flatMap((name) => (props[name] === unknown ? [{ property: name, reason: "must be a plain value" }] : [])),
        ...(given["availabilityZoneNames"] !== undefined && given["numberOfAvailabilityZones"] !== undefined
            ? [{ property: "availabilityZoneNames", reason: "cannot stand beside numberOfAvailabilityZones" }]
            : []),
    ];
    if (problems.length > 0) throw new Error(problems.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    return { ...given, ...complete(plain, props) } as unknown as VpcArgs;
}

/** NAT gateways stand in public subnets and serve the others. */
export function refuseUselessNat({ natGateways, subnetSpecs }: VpcArgs): void {
    if (natGateways.strategy === "None" || subnetSpecs === undefined) return;
    const types = subnetSpecs.map(({ type }) => type);
    if (types.includes("Public") && (types.includes("Private") || types.includes("Isolated"))) return;
    throw new Error(
        "If NAT Gateway strategy is 'OnePerAz' or 'Single', public subnets must be declared to host the NAT Gateway resource, " +
            "along with private or isolated subnets to route through it.",
    );
}
