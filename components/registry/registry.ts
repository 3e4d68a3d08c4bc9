import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../childName";

export interface RegistryArgs {
    /** Its name on AWS, by which the tool finds it without asking anybody. @example "shop-staging-registry" */
    readonly tableName: string;
    /** Whether any second of the last 35 days can be restored (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html). */
    readonly pointInTimeRecovery: boolean;
    /** AWS refuses to delete it. */
    readonly deletionProtection: boolean;
}

/** The table that knows every branch environment of a base, and who works on what. Empty it costs nothing: it is paid by the request. */
export class Registry extends pulumi.ComponentResource {
    readonly tableName: pulumi.Output<string>;

    constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:registry:Registry", name, {}, opts);

        const table = new aws.dynamodb.Table(
            childName(name, "table"),
            {
                name: args.tableName,
                billingMode: "PAY_PER_REQUEST",
                attributes: [
                    { name: "kind", type: "S" },
                    { name: "id", type: "S" },
                ],
                hashKey: "kind",
                rangeKey: "id",
                pointInTimeRecovery: { enabled: args.pointInTimeRecovery },
                deletionProtectionEnabled: args.deletionProtection,
            },
            { parent: this },
        );

        this.tableName = table.name;
        this.registerOutputs({ tableName: this.tableName });
    }
}
