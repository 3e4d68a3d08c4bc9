import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../childName";

export interface ServiceArgs {
    /** Its name on AWS and in the namespace, which must be free in both the cluster and the namespace. @example "api--feature-x-1a2b3c4d" */
    readonly serviceName: string;
    readonly clusterArn: pulumi.Input<string>;
    /** The revision to run. */
    readonly definitionArn: pulumi.Input<string>;
    /** Tasks that run. */
    readonly count: number;
    readonly capacity: "FARGATE" | "FARGATE_SPOT";
    readonly network: {
        readonly taskSubnetIds: pulumi.Input<readonly string[]>;
        readonly taskSecurityGroupId: pulumi.Input<string>;
        /** Whether tasks need public addresses of their own. */
        readonly assignPublicIp: pulumi.Input<boolean>;
    };
    /** Private DNS namespace in which others find it. */
    readonly namespaceId: pulumi.Input<string>;
    /** Where its requests come from; absent: it gets none through a load balancer. */
    readonly target?: ServiceTarget;
}

/** A target group, and the port of the container to which it sends requests. */
export interface ServiceTarget {
    readonly targetGroupArn: pulumi.Input<string>;
    readonly containerName: string;
    readonly containerPort: number;
}

/** How long a resolver may believe that a task is there. ECS stops a replaced task without waiting for it. */
const discoveryTtlSeconds = 10;

/** How long a new task may fail the load balancer's health checks before they count: the time that an application needs to start. */
const healthCheckGraceSeconds = 60;

/** Tasks that are kept running, replaced without a gap, and found by name. */
export class Service extends pulumi.ComponentResource {
    readonly serviceName: pulumi.Output<string>;

    constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:service:Service", name, {}, opts);

        const registry = createRegistry(this, name, args);
        const service = createService(this, name, args, registry);

        this.serviceName = service.name;
        this.registerOutputs({ serviceName: this.serviceName });
    }
}

function createRegistry(parent: Service, name: string, { serviceName, namespaceId }: ServiceArgs): aws.servicediscovery.Service {
    return new aws.servicediscovery.Service(
        childName(name, "discovery"),
        {
            name: serviceName,
            dnsConfig: { namespaceId, routingPolicy: "MULTIVALUE", dnsRecords: [{ type: "A", ttl: discoveryTtlSeconds }] },
            healthCheckCustomConfig: { failureThreshold: 1 }, // ECS says which tasks are healthy
            forceDestroy: true, // an instance that a stopped task left behind would keep it from being removed
        },
        { parent },
    );
}

function createService(parent: Service, name: string, args: ServiceArgs, registry: aws.servicediscovery.Service): aws.ecs.Service {
    const { target, network } = args;
    return new aws.ecs.Service(
        childName(name, "ecs"),
        {
            name: args.serviceName,
            cluster: args.clusterArn,
            taskDefinition: args.definitionArn,
            desiredCount: args.count,
            capacityProviderStrategies: [{ capacityProvider: args.capacity, weight: 1, base: 0 }],
            forceNewDeployment: true, // or another capacity provider would replace the service instead of its tasks
            networkConfiguration: {
                subnets: pulumi.output(network.taskSubnetIds).apply((ids) => [...ids]),
                securityGroups: [network.taskSecurityGroupId],
                assignPublicIp: network.assignPublicIp,
            },
            loadBalancers: target && [target],
            healthCheckGracePeriodSeconds: target && healthCheckGraceSeconds,
            serviceRegistries: { registryArn: registry.arn },
            deploymentMinimumHealthyPercent: 100,
            deploymentMaximumPercent: 200,
            deploymentCircuitBreaker: { enable: true, rollback: true },
            enableExecuteCommand: true,
            enableEcsManagedTags: true,
            propagateTags: "SERVICE",
            forceDelete: true, // its tasks end with it, so that nobody has to scale it down first
        },
        { parent },
    );
}
