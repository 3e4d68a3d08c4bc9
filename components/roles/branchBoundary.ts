import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../childName";
import { stableJson } from "../json";
import { branchBoundary, type BoundaryNeeds } from "./boundaryPlan";

export interface BranchBoundaryArgs {
    readonly needs: BoundaryNeeds;
    /** IAM path of the policy. @example "/shop/staging/" */
    readonly path: string;
    /** Its name on AWS, unique in the account: whoever may make branch roles is confined to those that carry it. */
    readonly policyName: string;
}

/** The permissions boundary that a base lays around every role of its branches. */
export class BranchBoundary extends pulumi.ComponentResource {
    readonly arn: pulumi.Output<string>;

    constructor(name: string, { needs, path, policyName }: BranchBoundaryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:roles:BranchBoundary", name, {}, opts);

        const boundary = new aws.iam.Policy(
            childName(name, "policy"),
            { name: policyName, path, description: "The most that any role of a branch may do", policy: stableJson(branchBoundary(needs)) },
            { parent: this },
        );

        this.arn = boundary.arn;
        this.registerOutputs({ arn: this.arn });
    }
}
