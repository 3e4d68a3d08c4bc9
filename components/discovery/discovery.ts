import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../childName";

export interface DiscoveryArgs {
    /** Its DNS name, which no other private zone of the VPC may have. @example "staging.internal" */
    readonly namespaceName: string;
    readonly vpcId: pulumi.Input<string>;
}

/**
 * The private DNS namespace in which the services of a base and of its branches find each other. One for all of them: a Region holds 50
 * namespaces, and 2,000 instances in each (https://docs.aws.amazon.com/cloud-map/latest/dg/cloud-map-limits.html).
 */
export class Discovery extends pulumi.ComponentResource {
    readonly namespaceId: pulumi.Output<string>;
    readonly namespaceName: pulumi.Output<string>;

    constructor(name: string, { namespaceName, vpcId }: DiscoveryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:discovery:Discovery", name, {}, opts);

        const namespace = new aws.servicediscovery.PrivateDnsNamespace(
            childName(name, "namespace"),
            { name: namespaceName, vpc: vpcId, description: "Services of the environment and its branches" },
            { parent: this },
        );

        this.namespaceId = namespace.id;
        this.namespaceName = namespace.name;
        this.registerOutputs({ namespaceId: this.namespaceId, namespaceName: this.namespaceName });
    }
}
