import type { IpPermission, SecurityGroupRuleRequest } from "@aws-sdk/client-ec2";
import { between, regional, tagged, text, number, type InputsOf } from "../../arguments";
import { unlessMissing } from "../../errors";
import { resourceType, type Failure, type ResourceType } from "../../resourceType";
import { textOf } from "../../state";
import { tagMap } from "../../tags";
import type { Props } from "../../values";
import { retag, tagSpecifications } from "./tags";

const peers = ["cidrIpv4", "cidrIpv6", "referencedSecurityGroupId"] as const;

const arguments_ = {
    ...regional,
    securityGroupId: text({ required: true, replaces: true }),
    ipProtocol: text({ required: true, same: (one, other) => protocolNumber(one) === protocolNumber(other) }),
    fromPort: number({ limit: between(-1, 65535) }),
    toPort: number({ limit: between(-1, 65535) }),
    cidrIpv4: text({ replaces: changesKindOfPeer }),
    cidrIpv6: text({ replaces: changesKindOfPeer }),
    referencedSecurityGroupId: text({ replaces: changesKindOfPeer }),
    description: text(),
    ...tagged,
};
type Inputs = InputsOf<typeof arguments_>;

const allProtocols = "-1";

export const securityGroupIngressRule = securityGroupRule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ingress");
export const securityGroupEgressRule = securityGroupRule("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "egress");

function securityGroupRule(token: string, direction: "ingress" | "egress"): ResourceType {
    return resourceType({
        token,
        arguments: arguments_,
        outputs: ["arn", "securityGroupRuleId"],
        limits: (known, given) => [...peerProblems(given), ...portProblems(known.ipProtocol, given)],
        async create(inputs, aws) {
            const ec2 = await aws.ec2();
            const request = {
                GroupId: inputs.securityGroupId,
                IpPermissions: [permission(inputs)],
                TagSpecifications: tagSpecifications("security-group-rule", inputs.tagsAll),
            };
            const { SecurityGroupRules } = await (direction === "ingress"
                ? ec2.authorizeSecurityGroupIngress(request)
                : ec2.authorizeSecurityGroupEgress(request));
            return SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? "";
        },
        async read(id, aws) {
            const call = (await aws.ec2()).describeSecurityGroupRules({ SecurityGroupRuleIds: [id] });
            const found = await unlessMissing(call, "InvalidSecurityGroupRuleId.NotFound", "InvalidSecurityGroupRuleID.NotFound");
            const rule = found?.SecurityGroupRules?.[0];
            if (rule === undefined) return undefined;
            const ports =
                rule.IpProtocol === allProtocols ? { fromPort: null, toPort: null } : { fromPort: rule.FromPort, toPort: rule.ToPort };
            return {
                securityGroupId: rule.GroupId,
                ipProtocol: rule.IpProtocol,
                ...ports,
                cidrIpv4: rule.CidrIpv4 ?? null,
                cidrIpv6: rule.CidrIpv6 ?? null,
                referencedSecurityGroupId: rule.ReferencedGroupInfo?.GroupId ?? null,
                description: rule.Description ?? null,
                tagsAll: tagMap(rule.Tags),
                arn: `arn:${aws.partition}:ec2:${aws.region}:${aws.account}:security-group-rule/${id}`,
                securityGroupRuleId: id,
            };
        },
        async update(id, update, aws) {
            const { changed, news } = update;
            if ([...changed].some((name) => name !== "tagsAll" && name !== "tags")) {
                const SecurityGroupRules = [{ SecurityGroupRuleId: id, SecurityGroupRule: ruleRequest(news) }];
                await (await aws.ec2()).modifySecurityGroupRules({ GroupId: news.securityGroupId, SecurityGroupRules });
            }
            await retag(id, update, aws);
        },
        async delete(id, aws, state) {
            const ec2 = await aws.ec2();
            const request = { GroupId: textOf(state, "securityGroupId"), SecurityGroupRuleIds: [id] };
            const call = direction === "ingress" ? ec2.revokeSecurityGroupIngress(request) : ec2.revokeSecurityGroupEgress(request);
            await unlessMissing<unknown>(
                call,
                "InvalidSecurityGroupRuleId.NotFound",
                "InvalidPermission.NotFound",
                "InvalidGroup.NotFound",
            );
        },
    });
}

function peerProblems(given: (name: keyof Inputs) => boolean): readonly Failure[] {
    return peers.filter(given).length === 1
        ? []
        : [{ property: "cidrIpv4", reason: "exactly one of cidrIpv4, cidrIpv6 and referencedSecurityGroupId must be given" }];
}

/** AWS changes the addresses of a rule, but not a rule for addresses into one for a group. */
function changesKindOfPeer(from: Props, to: Props): boolean {
    return peers.some((peer) => (from[peer] === undefined) !== (to[peer] === undefined));
}

function portProblems(protocol: string | undefined, given: (name: keyof Inputs) => boolean): readonly Failure[] {
    const number = protocol === undefined ? undefined : protocolNumber(protocol);
    if (number === allProtocols && (given("fromPort") || given("toPort"))) {
        return [{ property: "fromPort", reason: 'fromPort and toPort cannot be given with ipProtocol "-1", which means all of them' }];
    }
    if ((number === "6" || number === "17") && !(given("fromPort") && given("toPort"))) {
        return [{ property: "fromPort", reason: "fromPort and toPort must be given for tcp and udp" }];
    }
    return [];
}

function permission({ ipProtocol, fromPort, toPort, cidrIpv4, cidrIpv6, referencedSecurityGroupId, description }: Inputs): IpPermission {
    return {
        IpProtocol: ipProtocol,
        FromPort: fromPort,
        ToPort: toPort,
        ...(cidrIpv4 === undefined ? {} : { IpRanges: [{ CidrIp: cidrIpv4, Description: description }] }),
        ...(cidrIpv6 === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6: cidrIpv6, Description: description }] }),
        ...(referencedSecurityGroupId === undefined
            ? {}
            : { UserIdGroupPairs: [{ GroupId: referencedSecurityGroupId, Description: description }] }),
    };
}

function ruleRequest({
    ipProtocol,
    fromPort,
    toPort,
    cidrIpv4,
    cidrIpv6,
    referencedSecurityGroupId,
    description,
}: Inputs): SecurityGroupRuleRequest {
    return {
        IpProtocol: ipProtocol,
        FromPort: fromPort ?? -1,
        ToPort: toPort ?? -1,
        CidrIpv4: cidrIpv4,
        CidrIpv6: cidrIpv6,
        ReferencedGroupId: referencedSecurityGroupId,
        Description: description,
    };
}

/** AWS takes names and numbers, and answers with names. */
function protocolNumber(protocol: string): string {
    const numbers: Readonly<Record<string, string>> = { all: allProtocols, tcp: "6", udp: "17", icmp: "1", icmpv6: "58" };
    return numbers[protocol.toLowerCase()] ?? protocol;
}
