import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../childName";
import { stableJson } from "../json";

export interface ReleaseMemoryArgs {
    /** Name of the SSM parameter. @example "/shop/staging/understudy/release" */
    readonly parameterName: string;
    /** Digest per own image: what the environment runs. */
    readonly images: Readonly<Record<string, string>>;
}

/** The memory of what an environment runs, so that an update by somebody who does not know the digests reverts nothing. */
export class ReleaseMemory extends pulumi.ComponentResource {
    readonly parameterName: pulumi.Output<string>;

    constructor(name: string, { parameterName, images }: ReleaseMemoryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:release:ReleaseMemory", name, {}, opts);

        const parameter = new aws.ssm.Parameter(
            childName(name, "images"),
            {
                name: parameterName,
                type: "String",
                insecureValue: stableJson(images), // not `value`, which previews hide: a digest is no secret
                description: "Digest of each image this environment runs",
            },
            { parent: this },
        );

        this.parameterName = parameter.name;
        this.registerOutputs({ parameterName: this.parameterName });
    }
}
