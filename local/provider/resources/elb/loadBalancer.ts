import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import { flag, number, oneOf, regional, set, tagged, text } from "../../arguments";
import { Refusal, unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { readAttributes, writeAttributes } from "./attributes";
import { arnSuffix, nameLimit } from "./names";
import { retag, tagsFor, tagsOf } from "./tags";

const attributes = {
    enableDeletionProtection: "deletion_protection.enabled",
    idleTimeout: "idle_timeout.timeout_seconds",
    enableHttp2: "routing.http2.enabled",
    dropInvalidHeaderFields: "routing.http.drop_invalid_header_fields.enabled",
    preserveHostHeader: "routing.http.preserve_host_header.enabled",
};

const gone = ["LoadBalancerNotFoundException", "LoadBalancerNotFound"] as const;
const oneZone = "At least two subnets in two different Availability Zones must be specified";

/** An application load balancer. */
export const loadBalancer = resourceType({
    token: "aws:lb/loadBalancer:LoadBalancer",
    arguments: {
        ...regional,
        name: text({ computed: true, replaces: true, limit: nameLimit }),
        internal: flag({ computed: true, replaces: true }),
        loadBalancerType: oneOf(["application"], { default: "application", replaces: true }),
        ipAddressType: oneOf(["ipv4"], { computed: true }),
        subnets: set(text(), { required: true, limit: (subnets) => (new Set(subnets).size < 2 ? oneZone : undefined) }),
        securityGroups: set(text(), { computed: true }),
        enableDeletionProtection: flag({ default: false }),
        idleTimeout: number({
            default: 60,
            limit: (seconds) => (seconds >= 1 && seconds <= 4000 ? undefined : "must be from 1 to 4000 seconds"),
        }),
        enableHttp2: flag({ default: true }),
        dropInvalidHeaderFields: flag({ default: false }),
        preserveHostHeader: flag({ default: false }),
        ...tagged,
    },
    outputs: ["arn", "arnSuffix", "dnsName", "zoneId", "vpcId"],
    autoName: { argument: "name", maxLength: 32 },
    async create(inputs, aws, made) {
        const { name = "", internal = false, subnets, securityGroups, ipAddressType, tagsAll } = inputs;
        await refuseOneZone(subnets, aws);
        const elb = await aws.elb();
        const arn = await aws.inTurn(`load balancer ${aws.region} ${name}`, async () => {
            if ((await find({ Names: [name] }, aws)) !== undefined) {
                throw new Refusal(
                    "DuplicateLoadBalancerName",
                    `A load balancer with the same name '${name}' exists, but with different settings`,
                );
            }
            const { LoadBalancers } = await elb.createLoadBalancer({
                Name: name,
                Scheme: internal ? "internal" : "internet-facing",
                Type: "application",
                Subnets: [...subnets],
                SecurityGroups: securityGroups && [...securityGroups],
                IpAddressType: ipAddressType,
                Tags: tagsFor(tagsAll),
            });
            return LoadBalancers?.[0]?.LoadBalancerArn ?? "";
        });
        made(arn);
        await aws.waitFor(`load balancer ${name} to become active`, 10, async () => {
            const state = (await find({ LoadBalancerArns: [arn] }, aws))?.State?.Code;
            return state === "provisioning" ? undefined : state;
        });
        await elb.modifyLoadBalancerAttributes({ LoadBalancerArn: arn, Attributes: writeAttributes(attributes, inputs) });
        return arn;
    },
    async read(id, aws) {
        const found = await find({ LoadBalancerArns: [id] }, aws);
        if (found === undefined) return undefined;
        const { Attributes } = await (await aws.elb()).describeLoadBalancerAttributes({ LoadBalancerArn: id });
        return {
            name: found.LoadBalancerName,
            internal: found.Scheme === "internal",
            loadBalancerType: found.Type,
            ipAddressType: found.IpAddressType,
            subnets: found.AvailabilityZones?.map(({ SubnetId }) => SubnetId),
            securityGroups: found.SecurityGroups ?? [],
            ...readAttributes(attributes, Attributes),
            tagsAll: await tagsOf(id, aws),
            arn: id,
            arnSuffix: arnSuffix(id),
            dnsName: found.DNSName,
            zoneId: found.CanonicalHostedZoneId,
            vpcId: found.VpcId,
        };
    },
    async update(id, update, aws) {
        const { changed, news } = update;
        const elb = await aws.elb();
        if (changed.has("subnets")) {
            await refuseOneZone(news.subnets, aws);
            await elb.setSubnets({ LoadBalancerArn: id, Subnets: [...news.subnets] });
        }
        if (changed.has("securityGroups"))
            await elb.setSecurityGroups({ LoadBalancerArn: id, SecurityGroups: [...(news.securityGroups ?? [])] });
        await elb.modifyLoadBalancerAttributes({ LoadBalancerArn: id, Attributes: writeAttributes(attributes, news) });
        await retag(id, update, aws);
    },
    async delete(id, aws) {
        const elb = await aws.elb();
        const found = await unlessMissing(elb.describeLoadBalancerAttributes({ LoadBalancerArn: id }), ...gone);
        if (found === undefined) return;
        if (readAttributes(attributes, found.Attributes)["enableDeletionProtection"] === true) {
            throw new Refusal("OperationNotPermitted", `Load balancer '${id}' cannot be deleted because deletion protection is enabled`);
        }
        await unlessMissing(elb.deleteLoadBalancer({ LoadBalancerArn: id }), ...gone);
    },
});

async function find(wanted: { Names: string[] } | { LoadBalancerArns: string[] }, aws: Aws): Promise<LoadBalancer | undefined> {
    const call = (await aws.elb()).describeLoadBalancers(wanted);
    return (await unlessMissing(call, ...gone))?.LoadBalancers?.[0];
}

async function refuseOneZone(subnets: readonly string[], aws: Aws): Promise<void> {
    const { Subnets = [] } = await (await aws.ec2()).describeSubnets({ SubnetIds: [...subnets] });
    if (new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size < 2) throw new Refusal("ValidationError", oneZone);
}
