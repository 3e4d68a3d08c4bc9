import { atMost, flag, list, number, object, oneOf, regional, tagged, text, type InputsOf } from "../arguments";
import { Refusal, unlessMissing } from "../errors";
import { resourceType } from "../resourceType";
import type { Aws } from "../session";
import { tagChanges, tagList, tagMap } from "../tags";

export const privateDnsNamespace = resourceType({
    token: "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
    arguments: {
        ...regional,
        name: text({ computed: true, replaces: true, limit: namespaceLimit }),
        vpc: text({ required: true, replaces: true }),
        description: text(),
        ...tagged,
    },
    outputs: ["arn", "hostedZone"],
    autoName: { argument: "name", maxLength: 253 },
    async create({ name = "", vpc, description, tagsAll }, aws) {
        const { OperationId } = await (
            await aws.serviceDiscovery()
        ).createPrivateDnsNamespace({ Name: name, Vpc: vpc, Description: description, Tags: tagList(tagsAll) });
        const operation = await finished(OperationId, "the namespace to be made", aws);
        return operation.Targets?.["NAMESPACE"] ?? "";
    },
    async read(id, aws, state) {
        const client = await aws.serviceDiscovery();
        const found = (await unlessMissing(client.getNamespace({ Id: id }), "NamespaceNotFound"))?.Namespace;
        if (found === undefined) return undefined;
        const { Tags } = await client.listTagsForResource({ ResourceARN: found.Arn });
        const hostedZone = found.Properties?.DnsProperties?.HostedZoneId;
        return {
            name: found.Name,
            vpc: state["vpc"] ?? (await vpcOf(hostedZone, aws)),
            description: found.Description ?? null,
            tagsAll: tagMap(Tags),
            arn: found.Arn,
            hostedZone,
        };
    },
    async update(id, update, aws) {
        if (update.changed.has("description")) {
            const client = await aws.serviceDiscovery();
            const { OperationId } = await client.updatePrivateDnsNamespace({
                Id: id,
                Namespace: { Description: update.news.description ?? "" },
            });
            await finished(OperationId, "the namespace to be changed", aws);
        }
        await retag(`arn:${aws.partition}:servicediscovery:${aws.region}:${aws.account}:namespace/${id}`, update, aws);
    },
    async delete(id, aws) {
        const client = await aws.serviceDiscovery();
        const deleted = await unlessMissing(client.deleteNamespace({ Id: id }), "NamespaceNotFound");
        if (deleted !== undefined) await finished(deleted.OperationId, "the namespace to go", aws);
    },
});

/** Cloud Map does not say in which VPC a namespace is; its hosted zone does. */
async function vpcOf(hostedZone: string | undefined, aws: Aws): Promise<string | undefined> {
    if (hostedZone === undefined) return undefined;
    const { VPCs } = await (await aws.route53()).getHostedZone({ Id: hostedZone });
    return VPCs?.[0]?.VPCId;
}

/** What is left on AWS of a setting that could once be chosen. */
const alwaysOne = 1;

const serviceArguments = {
    ...regional,
    name: text({ computed: true, replaces: true, limit: atMost(127) }),
    namespaceId: text({ computed: true, replaces: true }),
    description: text(),
    dnsConfig: object({
        namespaceId: text({ required: true, replaces: true }),
        routingPolicy: oneOf(["MULTIVALUE", "WEIGHTED"], { default: "MULTIVALUE", replaces: true }),
        dnsRecords: list(
            object({ type: oneOf(["A", "AAAA", "SRV", "CNAME"], { required: true, replaces: true }), ttl: number({ required: true }) }),
            {
                required: true,
            },
        ),
    }),
    healthCheckCustomConfig: object(
        {
            failureThreshold: number({
                computed: true,
                limit: (count) => (count === alwaysOne ? undefined : "must be 1: AWS ignores any other value"),
            }),
        },
        { replaces: true },
    ),
    forceDestroy: flag({ default: false }),
    ...tagged,
};
type ServiceInputs = InputsOf<typeof serviceArguments>;

export const service = resourceType({
    token: "aws:servicediscovery/service:Service",
    arguments: serviceArguments,
    outputs: ["arn"],
    autoName: { argument: "name", maxLength: 127 },
    limits(_, given) {
        return given("namespaceId") || given("dnsConfig")
            ? []
            : [{ property: "dnsConfig", reason: "dnsConfig or namespaceId must be given" }];
    },
    async create(inputs, aws) {
        const { name = "", description, dnsConfig, healthCheckCustomConfig, tagsAll } = inputs;
        const client = await aws.serviceDiscovery();
        const namespaceId = inputs.namespaceId ?? dnsConfig?.namespaceId ?? "";
        const { Service: created } = await client.createService({
            Name: name,
            NamespaceId: namespaceId,
            Description: description,
            DnsConfig: dnsConfig && { RoutingPolicy: dnsConfig.routingPolicy, DnsRecords: writeRecords(dnsConfig.dnsRecords) },
            HealthCheckCustomConfig: healthCheckCustomConfig && {},
            Tags: tagList(tagsAll),
        });
        return created?.Id ?? "";
    },
    async read(id, aws) {
        const client = await aws.serviceDiscovery();
        const found = (await unlessMissing(client.getService({ Id: id }), "ServiceNotFound"))?.Service;
        if (found === undefined) return undefined;
        const { Tags } = await client.listTagsForResource({ ResourceARN: found.Arn });
        const namespaceId = found.NamespaceId;
        return {
            name: found.Name,
            namespaceId,
            description: found.Description ?? null,
            dnsConfig: found.DnsConfig && {
                namespaceId,
                routingPolicy: found.DnsConfig.RoutingPolicy,
                dnsRecords: found.DnsConfig.DnsRecords?.map(({ Type, TTL }) => ({ type: Type, ttl: TTL })),
            },
            healthCheckCustomConfig: found.HealthCheckCustomConfig === undefined ? null : { failureThreshold: alwaysOne },
            tagsAll: tagMap(Tags),
            arn: found.Arn,
        };
    },
    async update(id, update, aws) {
        const { changed, news } = update;
        if (changed.has("description") || changed.has("dnsConfig")) {
            const client = await aws.serviceDiscovery();
            const DnsConfig = news.dnsConfig && { DnsRecords: writeRecords(news.dnsConfig.dnsRecords) };
            const { OperationId } = await client.updateService({ Id: id, Service: { Description: news.description ?? "", DnsConfig } });
            await finished(OperationId, "the service to be changed", aws);
        }
        await retag(`arn:${aws.partition}:servicediscovery:${aws.region}:${aws.account}:service/${id}`, update, aws);
    },
    async delete(id, aws, state) {
        const client = await aws.serviceDiscovery();
        const instances =
            state["forceDestroy"] === true ? await unlessMissing(client.listInstances({ ServiceId: id }), "ServiceNotFound") : undefined;
        for (const { Id = "" } of instances?.Instances ?? []) {
            const { OperationId } = await client.deregisterInstance({ ServiceId: id, InstanceId: Id });
            await finished(OperationId, "an instance to go", aws);
        }
        await unlessMissing(client.deleteService({ Id: id }), "ServiceNotFound");
    },
});

function writeRecords(records: NonNullable<ServiceInputs["dnsConfig"]>["dnsRecords"]) {
    return records.map(({ type, ttl }) => ({ Type: type, TTL: ttl }));
}

/** Cloud Map answers at once and works later. */
async function finished(operationId: string | undefined, what: string, aws: Aws) {
    if (operationId === undefined) return {};
    return await aws.waitFor(what, 5, async () => {
        const { Operation } = await (await aws.serviceDiscovery()).getOperation({ OperationId: operationId });
        if (Operation?.Status === "FAIL")
            throw new Refusal(Operation.ErrorCode ?? "Failed", Operation.ErrorMessage ?? "the operation failed");
        return Operation?.Status === "SUCCESS" ? Operation : undefined;
    });
}

async function retag(arn: string, update: Parameters<typeof tagChanges>[0], aws: Aws): Promise<void> {
    const changes = tagChanges(update);
    if (changes === undefined) return;
    const client = await aws.serviceDiscovery();
    if (changes.removed.length > 0) await client.untagResource({ ResourceARN: arn, TagKeys: [...changes.removed] });
    if (Object.keys(changes.put).length > 0) await client.tagResource({ ResourceARN: arn, Tags: tagList(changes.put) });
}

function namespaceLimit(name: string): string | undefined {
    return /^[!-~]{1,253}$/.test(name) ? undefined : "must have 1 to 253 visible characters";
}
