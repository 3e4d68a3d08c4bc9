import type { HostedZone } from "@aws-sdk/client-route-53";
import { flag, map, number, object, oneOf, regional, set, text, type Arguments, type InputsOf } from "./arguments";
import { complete } from "./changes";
import { argumentProblems } from "./check";
import { Refusal } from "./errors";
import type { Actual } from "./resourceType";
import { readActions } from "./resources/elb/actions";
import { awsFor, type Aws, type Session } from "./session";
import { propsOf } from "./state";
import { secret, withoutInternal, type Props } from "./values";

/** A function of the provider: what it takes, and how it is answered. */
interface Invoke<A extends Arguments = Arguments> {
    readonly token: string;
    readonly arguments: A;
    call(args: InputsOf<A>, aws: Aws): Promise<Actual>;
}

function define<const A extends Arguments>(invoke: Invoke<A>): Invoke {
    return invoke;
}

const invokes: readonly Invoke[] = [
    define({
        token: "aws:index/getCallerIdentity:getCallerIdentity",
        arguments: {},
        async call(_, aws) {
            const { Account: accountId, Arn: arn, UserId: userId } = await (await aws.sts()).getCallerIdentity({});
            return { accountId, arn, userId, id: accountId };
        },
    }),
    define({
        token: "aws:index/getRegion:getRegion",
        arguments: { ...regional },
        call: (_, { region }) =>
            Promise.resolve({ region, name: region, description: region, endpoint: `ec2.${region}.amazonaws.com`, id: region }),
    }),
    define({
        token: "aws:index/getPartition:getPartition",
        arguments: {},
        call: (_, { partition }) =>
            Promise.resolve({ partition, dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws", id: partition }),
    }),
    define({
        token: "aws:index/getAvailabilityZones:getAvailabilityZones",
        arguments: {
            ...regional,
            state: oneOf(["available", "information", "impaired", "unavailable", "constrained"]),
            filters: set(object({ name: text({ required: true }), values: set(text(), { required: true }) })),
        },
        async call({ state, filters = [] }, aws) {
            const asked = filters.map(({ name, values }) => ({ Name: name, Values: [...values] }));
            const Filters = state === undefined ? asked : [...asked, { Name: "state", Values: [state] }];
            const { AvailabilityZones = [] } = await (await aws.ec2()).describeAvailabilityZones({ Filters });
            const zones = AvailabilityZones.toSorted((one, other) => ((one.ZoneName ?? "") < (other.ZoneName ?? "") ? -1 : 1));
            return {
                names: zones.map(({ ZoneName }) => ZoneName),
                zoneIds: zones.map(({ ZoneId }) => ZoneId),
                groupNames: [...new Set(zones.map(({ GroupName }) => GroupName ?? aws.region))],
                id: aws.region,
            };
        },
    }),
    define({
        token: "aws:route53/getZone:getZone",
        arguments: { name: text(), zoneId: text(), privateZone: flag({ default: false }) },
        async call({ name, zoneId, privateZone }, aws) {
            const route53 = await aws.route53();
            const wanted = (zone: HostedZone): boolean =>
                zoneId === undefined ? isNamed(zone, name, privateZone) : idOf(zone.Id) === zoneId;
            const { HostedZones = [] } = await (zoneId === undefined
                ? route53.listHostedZonesByName({ DNSName: name })
                : route53.listHostedZones({}));
            const [zone, ...others] = HostedZones.filter(wanted);
            if (zone === undefined) throw new Error("no matching Route 53 Hosted Zone found");
            if (others.length > 0) throw new Error("multiple Route 53 Hosted Zones matched; give zoneId");
            const { DelegationSet } = await route53.getHostedZone({ Id: zone.Id });
            const id = idOf(zone.Id);
            return {
                zoneId: id,
                id,
                arn: `arn:${aws.partition}:route53:::hostedzone/${id}`,
                name: withoutDot(zone.Name),
                comment: zone.Config?.Comment ?? "",
                callerReference: zone.CallerReference,
                privateZone: zone.Config?.PrivateZone ?? false,
                resourceRecordSetCount: zone.ResourceRecordSetCount,
                nameServers: DelegationSet?.NameServers ?? [],
                primaryNameServer: DelegationSet?.NameServers?.[0] ?? "",
                tags: {},
            };
        },
    }),
    define({
        token: "aws:ssm/getParametersByPath:getParametersByPath",
        arguments: {
            ...regional,
            path: text({ required: true }),
            recursive: flag({ default: false }),
            withDecryption: flag({ default: true }),
        },
        async call({ path, recursive, withDecryption }, aws) {
            const ssm = await aws.ssm();
            const found = [];
            let NextToken: string | undefined;
            do {
                const page = await ssm.getParametersByPath({ Path: path, Recursive: recursive, WithDecryption: withDecryption, NextToken });
                found.push(...(page.Parameters ?? []));
                ({ NextToken } = page);
            } while (NextToken !== undefined);
            return {
                arns: found.map(({ ARN }) => ARN),
                names: found.map(({ Name }) => Name),
                types: found.map(({ Type }) => Type),
                values: secret(found.map(({ Value = "" }) => Value)),
                id: path,
            };
        },
    }),
    define({
        token: "aws:lb/getListener:getListener",
        arguments: { ...regional, arn: text(), loadBalancerArn: text(), port: number(), tags: map() },
        async call({ arn, loadBalancerArn, port }, aws) {
            const elb = await aws.elb();
            const wanted = arn === undefined ? { LoadBalancerArn: loadBalancerArn } : { ListenerArns: [arn] };
            const { Listeners = [] } = await elb.describeListeners(wanted);
            const listener = Listeners.find(({ Port }) => arn !== undefined || Port === port);
            if (listener === undefined)
                throw new Refusal("ListenerNotFound", "no listener with that ARN, or with that port on that load balancer");
            return {
                arn: listener.ListenerArn,
                id: listener.ListenerArn,
                loadBalancerArn: listener.LoadBalancerArn,
                port: listener.Port,
                protocol: listener.Protocol,
                sslPolicy: listener.SslPolicy ?? "",
                certificateArn: listener.Certificates?.[0]?.CertificateArn ?? "",
                alpnPolicy: "",
                defaultActions: readActions(listener.DefaultActions),
                mutualAuthentications: [],
                tags: {},
            };
        },
    }),
];

/** Answers a function of the provider; refuses one it does not know, by name. */
export async function invoke(token: string, given: Props, session: Session, cancelled: AbortSignal): Promise<Props> {
    const known = invokes.find((candidate) => candidate.token === token);
    if (known === undefined)
        throw new Error(`the local AWS provider has no function ${token}; those it has are in local/provider/invokes.ts`);
    const args = withoutInternal(given);
    const problems = argumentProblems(token, known.arguments, args);
    if (problems.length > 0) throw new Error(problems.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    const region = typeof args["region"] === "string" ? args["region"] : session.region;
    const inputs = complete(known.arguments, args);
    const answer = await known.call(inputs, awsFor(session, region, 0, cancelled));
    return { ...inputs, region, ...propsOf(answer) };
}

function idOf(id: string | undefined): string {
    return id?.split("/").at(-1) ?? "";
}

function withoutDot(name: string | undefined): string {
    return name?.replace(/\.$/, "") ?? "";
}

function isNamed(zone: HostedZone, name: string | undefined, privateZone: boolean): boolean {
    return withoutDot(zone.Name) === withoutDot(name) && (zone.Config?.PrivateZone ?? false) === privateZone;
}
