import type { Clients } from "../../aws/clients";
import { listRules } from "../../aws/listenerRules";
import { sameSet, tagged, tagMap, text, type Found, type Inputs, type OrphanKind } from "./kind";

export const loadBalancer: OrphanKind = {
    async find(aws, inputs) {
        const { LoadBalancers = [] } = await (await aws.elb()).describeLoadBalancers({ Names: [text(inputs, "name")] });
        return withTags(aws, LoadBalancers.map(({ LoadBalancerArn }) => LoadBalancerArn));
    },
    async remove(aws, id) {
        const elb = await aws.elb();
        // Nothing leads to it yet, so the protection that its creation was asked for protects nothing.
        await elb.modifyLoadBalancerAttributes({ LoadBalancerArn: id, Attributes: [{ Key: "deletion_protection.enabled", Value: "false" }] });
        await elb.deleteLoadBalancer({ LoadBalancerArn: id });
    },
};

/** A load balancer has one listener for a port. */
export const listener: OrphanKind = {
    async find(aws, inputs) {
        const { Listeners = [] } = await (await aws.elb()).describeListeners({ LoadBalancerArn: text(inputs, "loadBalancerArn") });
        return withTags(aws, Listeners.filter(({ Port }) => Port === inputs["port"]).map(({ ListenerArn }) => ListenerArn));
    },
    remove: async (aws, id) => (await aws.elb()).deleteListener({ ListenerArn: id }),
};

export const listenerRule: OrphanKind = {
    async find(aws, inputs) {
        const rules = await listRules(aws, text(inputs, "listenerArn"));
        const hosts = hostsOf(inputs);
        const same = rules.filter(({ Conditions = [] }) => Conditions.some(({ HostHeaderConfig }) => sameSet(HostHeaderConfig?.Values ?? [], hosts)));
        return withTags(aws, same.map(({ RuleArn }) => RuleArn));
    },
    remove: async (aws, id) => (await aws.elb()).deleteRule({ RuleArn: id }),
};

export const targetGroup: OrphanKind = {
    async find(aws, inputs) {
        const { TargetGroups = [] } = await (await aws.elb()).describeTargetGroups({ Names: [text(inputs, "name")] });
        return withTags(aws, TargetGroups.map(({ TargetGroupArn }) => TargetGroupArn));
    },
    remove: async (aws, id) => (await aws.elb()).deleteTargetGroup({ TargetGroupArn: id }),
};

/** Host names of a rule's conditions as the program wrote them. */
function hostsOf(inputs: Inputs): readonly string[] {
    const conditions = inputs["conditions"] as readonly { readonly hostHeader?: { readonly values?: readonly string[] } }[] | undefined;
    return (conditions ?? []).flatMap(({ hostHeader }) => hostHeader?.values ?? []);
}

async function withTags(aws: Clients, arns: readonly (string | undefined)[]): Promise<readonly Found[]> {
    const elb = await aws.elb();
    return tagged(arns.flatMap((arn) => arn ?? []), async (arn) => {
        const { TagDescriptions = [] } = await elb.describeTags({ ResourceArns: [arn] });
        return tagMap(TagDescriptions.flatMap(({ Tags = [] }) => Tags));
    });
}
