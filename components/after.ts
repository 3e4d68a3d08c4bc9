import * as pulumi from "@pulumi/pulumi";

/**
 * An id or ARN, given out only once all of `resources` exist. Whoever uses it is made after them and removed before them, without
 * knowing them.
 */
export function after(value: pulumi.Output<string>, resources: readonly pulumi.CustomResource[]): pulumi.Output<string> {
    return pulumi.all([value, pulumi.all(resources.map(({ id }) => id))]).apply(([ready]) => ready);
}
