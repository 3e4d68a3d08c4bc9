import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { after } from "../after";
import { childName } from "../childName";

export interface ClusterArgs {
    /** Its name on AWS: people type it. @example "shop-staging" */
    readonly clusterName: string;
    /** Where tasks run that are started without saying where. */
    readonly capacity: "FARGATE" | "FARGATE_SPOT";
    /** CloudWatch Container Insights, which is paid by the metric. */
    readonly containerInsights: "enabled" | "disabled";
}

/** An ECS cluster on Fargate, on demand and Spot. */
export class Cluster extends pulumi.ComponentResource {
    readonly clusterName: pulumi.Output<string>;
    /** Given out once the cluster has its capacity providers: a service that names one is refused before. */
    readonly arn: pulumi.Output<string>;

    constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:cluster:Cluster", name, {}, opts);

        const cluster = createCluster(this, name, args);
        const providers = createCapacityProviders(this, name, cluster, args);

        this.clusterName = cluster.name;
        this.arn = after(cluster.arn, [providers]);
        this.registerOutputs({ clusterName: this.clusterName, arn: this.arn });
    }
}

function createCluster(parent: Cluster, name: string, { clusterName, containerInsights }: ClusterArgs): aws.ecs.Cluster {
    return new aws.ecs.Cluster(
        childName(name, "ecs"),
        { name: clusterName, settings: [{ name: "containerInsights", value: containerInsights }] },
        { parent },
    );
}

function createCapacityProviders(parent: Cluster, name: string, cluster: aws.ecs.Cluster, { capacity }: ClusterArgs): aws.ecs.ClusterCapacityProviders {
    return new aws.ecs.ClusterCapacityProviders(
        childName(name, "capacity"),
        {
            clusterName: cluster.name,
            capacityProviders: ["FARGATE", "FARGATE_SPOT"],
            defaultCapacityProviderStrategies: [{ capacityProvider: capacity, weight: 1 }],
        },
        { parent },
    );
}
