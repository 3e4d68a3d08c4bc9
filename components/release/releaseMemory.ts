import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { formatReleaseRecord, type Release } from "../../model/releaseRecord";
import { childName } from "../childName";

export interface ReleaseMemoryArgs {
    /** Name of the SSM parameter. @example "/shop/staging/understudy/release" */
    readonly parameterName: string;
    /** The first release: what the record begins with. */
    readonly images: Release;
}

/**
 * The place of an environment's release record. It comes and goes with the environment; what stands in it is written by whoever deploys,
 * since only they know how that ends.
 */
export class ReleaseMemory extends pulumi.ComponentResource {
    readonly parameterName: pulumi.Output<string>;

    constructor(name: string, { parameterName, images }: ReleaseMemoryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:release:ReleaseMemory", name, {}, opts);

        const parameter = new aws.ssm.Parameter(
            childName(name, "images"),
            {
                name: parameterName,
                type: "String",
                insecureValue: formatReleaseRecord({ images, former: {} }), // not `value`, which previews hide: a digest is no secret
                description: "Digest of each image this environment runs",
            },
            // With any change but of tags the provider would write the value that the state remembers, which is of an earlier release.
            { parent: this, ignoreChanges: ["insecureValue", "description"] },
        );

        this.parameterName = parameter.name;
        this.registerOutputs({ parameterName: this.parameterName });
    }
}
