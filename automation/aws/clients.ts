import type { ACM } from "@aws-sdk/client-acm";
import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { EC2 } from "@aws-sdk/client-ec2";
import type { ECR } from "@aws-sdk/client-ecr";
import type { ECS } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { IAM } from "@aws-sdk/client-iam";
import type { Route53 } from "@aws-sdk/client-route-53";
import type { S3 } from "@aws-sdk/client-s3";
import type { ServiceDiscovery } from "@aws-sdk/client-servicediscovery";
import type { ServiceQuotas } from "@aws-sdk/client-service-quotas";
import type { SQS } from "@aws-sdk/client-sqs";
import type { SSM } from "@aws-sdk/client-ssm";
import type { STS } from "@aws-sdk/client-sts";
import { callerConfig, type CallerConfig } from "./credentials";

/** Where in AWS an environment is, and as whom it is worked with. */
export interface Place {
    readonly region: string;
    /** Role that is assumed with the caller's credentials; absent: those are used as they are. */
    readonly role?: string | undefined;
}

/** AWS as one environment sees it. A client is loaded and made when it is first asked for. */
export interface Clients {
    acm(): Promise<ACM>;
    dynamodb(): Promise<DynamoDB>;
    ec2(): Promise<EC2>;
    ecs(): Promise<ECS>;
    ecr(): Promise<ECR>;
    elb(): Promise<ElasticLoadBalancingV2>;
    iam(): Promise<IAM>;
    logs(): Promise<CloudWatchLogs>;
    discovery(): Promise<ServiceDiscovery>;
    quotas(): Promise<ServiceQuotas>;
    route53(): Promise<Route53>;
    s3(): Promise<S3>;
    sqs(): Promise<SQS>;
    ssm(): Promise<SSM>;
    sts(): Promise<STS>;
}

/** Clients for one place, with the credentials of `env`. All of them together assume the role once. */
export function makeClients(env: Readonly<Record<string, string>>, place: Place): Clients {
    const config = once(() => configFor(env, place));
    return {
        acm: once(async () => new (await import("@aws-sdk/client-acm")).ACM(await config())),
        dynamodb: once(async () => new (await import("@aws-sdk/client-dynamodb")).DynamoDB(await config())),
        ec2: once(async () => new (await import("@aws-sdk/client-ec2")).EC2(await config())),
        ecs: once(async () => new (await import("@aws-sdk/client-ecs")).ECS(await config())),
        ecr: once(async () => new (await import("@aws-sdk/client-ecr")).ECR(await config())),
        elb: once(async () => new (await import("@aws-sdk/client-elastic-load-balancing-v2")).ElasticLoadBalancingV2(await config())),
        iam: once(async () => new (await import("@aws-sdk/client-iam")).IAM(await config())),
        logs: once(async () => new (await import("@aws-sdk/client-cloudwatch-logs")).CloudWatchLogs(await config())),
        discovery: once(async () => new (await import("@aws-sdk/client-servicediscovery")).ServiceDiscovery(await config())),
        quotas: once(async () => new (await import("@aws-sdk/client-service-quotas")).ServiceQuotas(await config())),
        route53: once(async () => new (await import("@aws-sdk/client-route-53")).Route53(await config())),
        s3: once(async () => {
            const shared = await config();
            return new (await import("@aws-sdk/client-s3")).S3({ ...shared, forcePathStyle: shared.endpoint !== undefined });
        }),
        sqs: once(async () => new (await import("@aws-sdk/client-sqs")).SQS(await config())),
        ssm: once(async () => new (await import("@aws-sdk/client-ssm")).SSM(await config())),
        sts: once(async () => new (await import("@aws-sdk/client-sts")).STS(await config())),
    };
}

async function configFor(env: Readonly<Record<string, string>>, { region, role }: Place): Promise<CallerConfig> {
    const caller = { ...callerConfig(env), region };
    if (role === undefined) return caller;
    const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
    const { credentials, ...clientConfig } = caller;
    return {
        ...caller,
        credentials: fromTemporaryCredentials({
            params: { RoleArn: role, RoleSessionName: "understudy" },
            clientConfig,
            ...(credentials === undefined ? {} : { masterCredentials: credentials }),
        }),
    };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
    let made: Promise<T> | undefined;
    return () => (made ??= make());
}
