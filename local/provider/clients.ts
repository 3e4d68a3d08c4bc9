import http from "node:http";
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
import type { SQS } from "@aws-sdk/client-sqs";
import type { SSM } from "@aws-sdk/client-ssm";
import type { STS, STSClientConfig } from "@aws-sdk/client-sts";
import { rememberOperation } from "./errors";

/** What all clients have in common. */
export type ClientSettings = Pick<STSClientConfig, "region" | "endpoint" | "credentials" | "profile" | "maxAttempts">;

/** One client per service, each loaded when it is first asked for: EC2's alone takes longer to load than the whole provider. */
export interface Clients {
    acm(): Promise<ACM>;
    dynamodb(): Promise<DynamoDB>;
    ec2(): Promise<EC2>;
    ecr(): Promise<ECR>;
    ecs(): Promise<ECS>;
    elb(): Promise<ElasticLoadBalancingV2>;
    iam(): Promise<IAM>;
    logs(): Promise<CloudWatchLogs>;
    route53(): Promise<Route53>;
    s3(): Promise<S3>;
    serviceDiscovery(): Promise<ServiceDiscovery>;
    sqs(): Promise<SQS>;
    ssm(): Promise<SSM>;
    sts(): Promise<STS>;
}

/** The engine has up to a few dozen operations under way at once, each with a call or two. */
const httpAgent = new http.Agent({ keepAlive: true, maxSockets: 64 });

/** Clients with these settings. */
export function makeClients(settings: ClientSettings): Clients {
    const config = { ...settings, retryMode: "standard", requestHandler: { httpAgent, requestTimeout: 60_000 } } as const;
    return {
        acm: once(async () => new (await import("@aws-sdk/client-acm")).ACM(config)),
        dynamodb: once(async () => new (await import("@aws-sdk/client-dynamodb")).DynamoDB(config)),
        ec2: once(async () => new (await import("@aws-sdk/client-ec2")).EC2(config)),
        ecr: once(async () => new (await import("@aws-sdk/client-ecr")).ECR(config)),
        ecs: once(async () => new (await import("@aws-sdk/client-ecs")).ECS(config)),
        elb: once(async () => new (await import("@aws-sdk/client-elastic-load-balancing-v2")).ElasticLoadBalancingV2(config)),
        iam: once(async () => new (await import("@aws-sdk/client-iam")).IAM(config)),
        logs: once(async () => new (await import("@aws-sdk/client-cloudwatch-logs")).CloudWatchLogs(config)),
        route53: once(async () => new (await import("@aws-sdk/client-route-53")).Route53(config)),
        s3: once(async () => new (await import("@aws-sdk/client-s3")).S3({ ...config, forcePathStyle: settings.endpoint !== undefined })),
        serviceDiscovery: once(async () => new (await import("@aws-sdk/client-servicediscovery")).ServiceDiscovery(config)),
        sqs: once(async () => new (await import("@aws-sdk/client-sqs")).SQS(config)),
        ssm: once(async () => new (await import("@aws-sdk/client-ssm")).SSM(config)),
        sts: once(async () => new (await import("@aws-sdk/client-sts")).STS(config)),
    };
}

interface Client {
    readonly middlewareStack: object;
}

/** The part of a client's middleware that is the same for all of them. */
interface Stack {
    add(middleware: Middleware, options: { readonly step: "initialize"; readonly name: string }): void;
}

type Handler = (args: unknown) => Promise<unknown>;
type Middleware = (next: Handler, context: { readonly clientName?: string; readonly commandName?: string }) => Handler;

function once<T extends Client>(make: () => Promise<T>): () => Promise<T> {
    let made: Promise<T> | undefined;
    return () => (made ??= make().then(namingOperations));
}

/** Makes every error of the client know the call it came from. */
function namingOperations<T extends Client>(client: T): T {
    const middleware: Middleware =
        (next, { clientName = "AWS", commandName = "call" }) =>
        async (args) => {
            try {
                return await next(args);
            } catch (error) {
                rememberOperation(error, `${clientName.replace(/Client$/, "")} ${commandName.replace(/Command$/, "")}`);
                throw error;
            }
        };
    (client.middlewareStack as Stack).add(middleware, { step: "initialize", name: "namingOperations" });
    return client;
}
