import type { Clients } from "../../aws/clients";
import { isMissing } from "../../aws/errors";
import { logGroup, parameter, policy, role, rolePolicy } from "./access";
import { listener, listenerRule, loadBalancer, targetGroup } from "./balancer";
import { cluster, repository, service, taskDefinition } from "./containers";
import { discoveryService, namespace } from "./discovery";
import { certificate, record } from "./domain";
import type { Found, Inputs, OrphanKind } from "./kind";
import * as network from "./network";
import { bucket, queue, table } from "./storage";

/** Creating it sets what something else has, or waits for something: it leaves nothing that a second creation could meet. */
export const nothingOfItsOwn: OrphanKind = { find: () => Promise.resolve([]), remove: () => Promise.resolve() };

/** Every type that the program makes, in the order in which they can be removed: what uses another comes before it. */
export const orphanKinds: ReadonlyMap<string, OrphanKind> = new Map<string, OrphanKind>([
    ["aws:ecs/service:Service", service],
    ["aws:lb/listenerRule:ListenerRule", listenerRule],
    ["aws:lb/listener:Listener", listener],
    ["aws:acm/certificateValidation:CertificateValidation", nothingOfItsOwn],
    ["aws:route53/record:Record", record],
    ["aws:lb/targetGroup:TargetGroup", targetGroup],
    ["aws:lb/loadBalancer:LoadBalancer", loadBalancer],
    ["aws:servicediscovery/service:Service", discoveryService],
    ["aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", namespace],
    ["aws:ecs/taskDefinition:TaskDefinition", taskDefinition],
    ["aws:iam/rolePolicy:RolePolicy", rolePolicy],
    ["aws:iam/role:Role", role],
    ["aws:iam/policy:Policy", policy],
    ["aws:cloudwatch/logGroup:LogGroup", logGroup],
    ["aws:ssm/parameter:Parameter", parameter],
    ["aws:sqs/queue:Queue", queue],
    ["aws:dynamodb/table:Table", table],
    ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", nothingOfItsOwn],
    ["aws:s3/bucketVersioning:BucketVersioning", nothingOfItsOwn],
    ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", nothingOfItsOwn],
    ["aws:s3/bucket:Bucket", bucket],
    ["aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", nothingOfItsOwn],
    ["aws:ecs/cluster:Cluster", cluster],
    ["aws:ecr/lifecyclePolicy:LifecyclePolicy", nothingOfItsOwn],
    ["aws:ecr/repository:Repository", repository],
    ["aws:acm/certificate:Certificate", certificate],
    ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", network.ingressRule],
    ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", network.egressRule],
    ["aws:ec2/securityGroup:SecurityGroup", network.securityGroup],
    ["aws:ec2/route:Route", network.route],
    ["aws:ec2/natGateway:NatGateway", network.natGateway],
    ["aws:ec2/eip:Eip", network.address],
    ["aws:ec2/routeTableAssociation:RouteTableAssociation", network.routeTableAssociation],
    ["aws:ec2/routeTable:RouteTable", network.routeTable],
    ["aws:ec2/subnet:Subnet", network.subnet],
    ["aws:ec2/internetGateway:InternetGateway", network.internetGateway],
    ["aws:ec2/vpc:Vpc", network.vpc],
]);

/** What a lookup finds; an answer that it does not exist is nothing found. */
export async function findOrphans(kind: OrphanKind, aws: Clients, inputs: Inputs): Promise<readonly Found[]> {
    try {
        return await kind.find(aws, inputs);
    } catch (error) {
        if (isMissing(error)) return [];
        throw error;
    }
}
