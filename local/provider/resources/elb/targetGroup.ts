import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import { between, flag, number, object, oneOf, regional, tagged, text, type InputsOf } from "../../arguments";
import { unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { readAttributes, writeAttributes } from "./attributes";
import { arnSuffix, nameLimit } from "./names";
import { retag, tagsFor, tagsOf } from "./tags";

const attributes = {
    deregistrationDelay: "deregistration_delay.timeout_seconds",
    slowStart: "slow_start.duration_seconds",
    loadBalancingAlgorithmType: "load_balancing.algorithm.type",
};
const stickinessAttributes = {
    enabled: "stickiness.enabled",
    type: "stickiness.type",
    cookieDuration: "stickiness.lb_cookie.duration_seconds",
};

const healthCheckFields = {
    enabled: flag({ default: true }),
    path: text({ computed: true, limit: (path) => (path.startsWith("/") ? undefined : "must begin with /") }),
    port: text({ default: "traffic-port" }),
    protocol: oneOf(["HTTP", "HTTPS"], { default: "HTTP" }),
    interval: number({ default: 30, limit: between(5, 300) }),
    timeout: number({ computed: true, limit: between(2, 120) }),
    healthyThreshold: number({ default: 3, limit: between(2, 10) }),
    unhealthyThreshold: number({ default: 3, limit: between(2, 10) }),
    matcher: text({ computed: true }),
};
type HealthCheck = InputsOf<typeof healthCheckFields>;

const arguments_ = {
    ...regional,
    name: text({ computed: true, replaces: true, limit: nameLimit }),
    targetType: oneOf(["instance", "ip"], { default: "instance", replaces: true }),
    port: number({ required: true, replaces: true, limit: between(1, 65535) }),
    protocol: oneOf(["HTTP", "HTTPS"], { required: true, replaces: true }),
    protocolVersion: oneOf(["HTTP1", "HTTP2", "GRPC"], { computed: true, replaces: true }),
    vpcId: text({ required: true, replaces: true }),
    healthCheck: object(healthCheckFields, { computed: true, limit: timeoutLimit }),
    deregistrationDelay: number({ default: 300, limit: between(0, 3600) }),
    slowStart: number({ default: 0, limit: (seconds) => (seconds === 0 ? undefined : between(30, 900)(seconds)) }),
    loadBalancingAlgorithmType: oneOf(["round_robin", "least_outstanding_requests", "weighted_random"], { computed: true }),
    stickiness: object(
        {
            enabled: flag({ default: true }),
            type: oneOf(["lb_cookie"], { required: true }),
            cookieDuration: number({ default: 86_400, limit: between(1, 604_800) }),
        },
        { computed: true },
    ),
    ...tagged,
};
type Inputs = InputsOf<typeof arguments_>;

const gone = ["TargetGroupNotFoundException", "TargetGroupNotFound"] as const;

export const targetGroup = resourceType({
    token: "aws:lb/targetGroup:TargetGroup",
    arguments: arguments_,
    outputs: ["arn", "arnSuffix", "loadBalancerArns"],
    autoName: { argument: "name", maxLength: 32 },
    async create(inputs, aws, made) {
        const { name = "", targetType, port, protocol, protocolVersion, vpcId, tagsAll } = inputs;
        const elb = await aws.elb();
        const { TargetGroups } = await elb.createTargetGroup({
            Name: name,
            TargetType: targetType,
            Port: port,
            Protocol: protocol,
            ProtocolVersion: protocolVersion,
            VpcId: vpcId,
            ...healthSettings(inputs.healthCheck),
            Tags: tagsFor(tagsAll),
        });
        const arn = TargetGroups?.[0]?.TargetGroupArn ?? "";
        made(arn);
        await setAttributes(arn, inputs, aws);
        return arn;
    },
    async read(id, aws) {
        const found = (await unlessMissing((await aws.elb()).describeTargetGroups({ TargetGroupArns: [id] }), ...gone))?.TargetGroups?.[0];
        if (found === undefined) return undefined;
        const { Attributes } = await (await aws.elb()).describeTargetGroupAttributes({ TargetGroupArn: id });
        return {
            name: found.TargetGroupName,
            targetType: found.TargetType,
            port: found.Port,
            protocol: found.Protocol,
            protocolVersion: found.ProtocolVersion,
            vpcId: found.VpcId,
            healthCheck: readHealthCheck(found),
            stickiness: readAttributes(stickinessAttributes, Attributes),
            ...readAttributes(attributes, Attributes),
            tagsAll: await tagsOf(id, aws),
            arn: id,
            arnSuffix: arnSuffix(id),
            loadBalancerArns: [...new Set(found.LoadBalancerArns)],
        };
    },
    async update(id, update, aws) {
        const { changed, news } = update;
        if (changed.has("healthCheck"))
            await (await aws.elb()).modifyTargetGroup({ TargetGroupArn: id, ...healthSettings(news.healthCheck) });
        await setAttributes(id, news, aws);
        await retag(id, update, aws);
    },
    async delete(id, aws) {
        await unlessMissing((await aws.elb()).deleteTargetGroup({ TargetGroupArn: id }), ...gone);
    },
});

async function setAttributes(arn: string, inputs: Inputs, aws: Aws): Promise<void> {
    const Attributes = [...writeAttributes(attributes, inputs), ...writeAttributes(stickinessAttributes, { ...inputs.stickiness })];
    await (await aws.elb()).modifyTargetGroupAttributes({ TargetGroupArn: arn, Attributes });
}

/** AWS's default timeout is 5 seconds. */
function timeoutLimit({ timeout = 5, interval }: HealthCheck): string | undefined {
    return timeout < interval ? undefined : `Health check timeout '${timeout}' must be smaller than the interval '${interval}'`;
}

function healthSettings(health: HealthCheck | undefined) {
    if (health === undefined) return {};
    return {
        HealthCheckEnabled: health.enabled,
        HealthCheckPath: health.path,
        HealthCheckPort: health.port,
        HealthCheckProtocol: health.protocol,
        HealthCheckIntervalSeconds: health.interval,
        HealthCheckTimeoutSeconds: health.timeout,
        HealthyThresholdCount: health.healthyThreshold,
        UnhealthyThresholdCount: health.unhealthyThreshold,
        Matcher: health.matcher === undefined ? undefined : { HttpCode: health.matcher },
    };
}

function readHealthCheck(found: TargetGroup) {
    return {
        enabled: found.HealthCheckEnabled,
        path: found.HealthCheckPath,
        port: found.HealthCheckPort,
        protocol: found.HealthCheckProtocol,
        interval: found.HealthCheckIntervalSeconds,
        timeout: found.HealthCheckTimeoutSeconds,
        healthyThreshold: found.HealthyThresholdCount,
        unhealthyThreshold: found.UnhealthyThresholdCount,
        matcher: found.Matcher?.HttpCode,
    };
}
