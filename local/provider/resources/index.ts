import type { ResourceType } from "../resourceType";
import * as acm from "./acm";
import { table } from "./dynamodb";
import { eip, internetGateway, natGateway } from "./ec2/gateways";
import { route, routeTable, routeTableAssociation } from "./ec2/routing";
import { securityGroup } from "./ec2/securityGroup";
import { securityGroupEgressRule, securityGroupIngressRule } from "./ec2/securityGroupRule";
import { subnet } from "./ec2/subnet";
import { vpc } from "./ec2/vpc";
import * as ecr from "./ecr";
import { cluster, clusterCapacityProviders } from "./ecs/cluster";
import { service } from "./ecs/service";
import { taskDefinition } from "./ecs/taskDefinition";
import { listener } from "./elb/listener";
import { listenerRule } from "./elb/listenerRule";
import { loadBalancer } from "./elb/loadBalancer";
import { targetGroup } from "./elb/targetGroup";
import * as iam from "./iam";
import { logGroup } from "./logs";
import { record } from "./route53/record";
import { zone } from "./route53/zone";
import { bucket } from "./s3/bucket";
import { bucketLifecycleConfiguration } from "./s3/lifecycle";
import { bucketPublicAccessBlock } from "./s3/publicAccessBlock";
import { bucketVersioning } from "./s3/versioning";
import * as serviceDiscovery from "./serviceDiscovery";
import { queue } from "./sqs";
import { parameter } from "./ssm";

const all = [
    vpc,
    subnet,
    internetGateway,
    routeTable,
    route,
    routeTableAssociation,
    eip,
    natGateway,
    securityGroup,
    securityGroupIngressRule,
    securityGroupEgressRule,
    loadBalancer,
    listener,
    listenerRule,
    targetGroup,
    acm.certificate,
    acm.certificateValidation,
    record,
    zone,
    cluster,
    clusterCapacityProviders,
    service,
    taskDefinition,
    ecr.repository,
    ecr.lifecyclePolicy,
    ecr.repositoryPolicy,
    iam.role,
    iam.rolePolicy,
    iam.rolePolicyAttachment,
    iam.policy,
    logGroup,
    parameter,
    table,
    queue,
    bucket,
    bucketPublicAccessBlock,
    bucketVersioning,
    bucketLifecycleConfiguration,
    serviceDiscovery.privateDnsNamespace,
    serviceDiscovery.service,
];

/** Every resource type of the provider by its token. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(all.map((type) => [type.token, type]));
