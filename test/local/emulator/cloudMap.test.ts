import assert from "node:assert/strict";
import { ListHostedZonesCommand, Route53Client } from "@aws-sdk/client-route-53";
import {
    CreatePrivateDnsNamespaceCommand,
    CreateServiceCommand,
    DeleteNamespaceCommand,
    DeleteServiceCommand,
    DeregisterInstanceCommand,
    DiscoverInstancesCommand,
    GetNamespaceCommand,
    GetOperationCommand,
    GetServiceCommand,
    ListInstancesCommand,
    ListNamespacesCommand,
    ListServicesCommand,
    ListTagsForResourceCommand,
    RegisterInstanceCommand,
    ServiceDiscoveryClient,
    TagResourceCommand,
    UntagResourceCommand,
    UpdatePrivateDnsNamespaceCommand,
    UpdateServiceCommand,
    type Service,
} from "@aws-sdk/client-servicediscovery";
import { createNetwork } from "./network";
import { emulatorForTests, place, refusalOf, type TestEmulator } from "./support";

describe("emulator: Cloud Map", function () {
    this.timeout(120_000);
    let emulator: TestEmulator;
    let map: ServiceDiscoveryClient;
    let vpcId: string;
    let namespaceId: string;

    before(async () => {
        emulator = await emulatorForTests();
        map = new ServiceDiscoveryClient(emulator.staging);
        ({ vpcId } = await createNetwork(emulator.staging));
        namespaceId = await createNamespace("staging.internal");
    });
    after(() => emulator.stop());

    /** Waits for nothing: here an operation has succeeded when it is answered. */
    const createNamespace = async (name: string): Promise<string> => {
        const { OperationId } = await map.send(
            new CreatePrivateDnsNamespaceCommand({ Name: name, Vpc: vpcId, Tags: [{ Key: "understudy:app", Value: "shop" }] }),
        );
        const { Operation } = await map.send(new GetOperationCommand({ OperationId: OperationId! }));
        assert.deepEqual([Operation!.Status, Operation!.Type], ["SUCCESS", "CREATE_NAMESPACE"]);
        return Operation!.Targets!["NAMESPACE"]!;
    };
    const createService = async (name: string, TTL = 10): Promise<Service> => {
        const input = { Name: name, NamespaceId: namespaceId, DnsConfig: { DnsRecords: [{ Type: "A" as const, TTL }] } };
        return (await map.send(new CreateServiceCommand({ ...input, HealthCheckCustomConfig: { FailureThreshold: 1 } }))).Service!;
    };
    const register = (serviceId: string, id: string, attributes: Record<string, string>): Promise<unknown> =>
        map.send(new RegisterInstanceCommand({ ServiceId: serviceId, InstanceId: id, Attributes: attributes }));

    it("makes a namespace with a private hosted zone of its name", async () => {
        const { Namespace } = await map.send(new GetNamespaceCommand({ Id: namespaceId }));
        const { HostedZones } = await new Route53Client(emulator.staging).send(new ListHostedZonesCommand({}));
        assert.deepEqual(
            HostedZones!.map(({ Name, Config }) => [Name, Config!.PrivateZone]),
            [["staging.internal.", true]],
        );
        assert.deepEqual(
            [Namespace!.Name, Namespace!.Type, Namespace!.Properties],
            [
                "staging.internal",
                "DNS_PRIVATE",
                {
                    DnsProperties: { HostedZoneId: HostedZones![0]!.Id!.replace("/hostedzone/", ""), SOA: { TTL: 15 } },
                    HttpProperties: { HttpName: "staging.internal" },
                },
            ],
        );
    });

    it("changes the SOA's time to live and nothing else", async () => {
        const before = (await map.send(new GetNamespaceCommand({ Id: namespaceId }))).Namespace!;
        await map.send(
            new UpdatePrivateDnsNamespaceCommand({ Id: namespaceId, Namespace: { Properties: { DnsProperties: { SOA: { TTL: 5 } } } } }),
        );
        const after = (await map.send(new GetNamespaceCommand({ Id: namespaceId }))).Namespace!;
        assert.deepEqual(after.Properties!.DnsProperties, { ...before.Properties!.DnsProperties, SOA: { TTL: 5 } });
    });

    it("makes services, and finds them by namespace", async () => {
        const service = await createService("api");
        assert.deepEqual(
            [service.Name, service.NamespaceId, service.Type, service.DnsConfig],
            [
                "api",
                namespaceId,
                "DNS_HTTP",
                { NamespaceId: namespaceId, RoutingPolicy: "MULTIVALUE", DnsRecords: [{ Type: "A", TTL: 10 }] },
            ],
        );
        const find = async (value: string): Promise<unknown> => {
            const { Services } = await map.send(new ListServicesCommand({ Filters: [{ Name: "NAMESPACE_ID", Values: [value] }] }));
            return Services!.map(({ Name }) => Name);
        };
        assert.deepEqual(await find(namespaceId), ["api"]);
        assert.deepEqual(await find("ns-other"), []);
        const byName = await map.send(new ListNamespacesCommand({ Filters: [{ Name: "NAME", Values: ["staging.internal"] }] }));
        assert.deepEqual(
            byName.Namespaces!.map(({ Id }) => Id),
            [namespaceId],
        );
    });

    it("changes a service's records", async () => {
        const { Id } = await createService("changed");
        await map.send(new UpdateServiceCommand({ Id: Id!, Service: { DnsConfig: { DnsRecords: [{ Type: "A", TTL: 5 }] } } }));
        const { Service } = await map.send(new GetServiceCommand({ Id: Id! }));
        assert.deepEqual(Service!.DnsConfig, {
            NamespaceId: namespaceId,
            RoutingPolicy: "MULTIVALUE",
            DnsRecords: [{ Type: "A", TTL: 5 }],
        });
    });

    it("gives a service that is made again its old id", async () => {
        const { Id, Arn } = await createService("again");
        await map.send(new DeleteServiceCommand({ Id: Id! }));
        const second = await createService("again");
        assert.deepEqual([second.Id, second.Arn], [Id, Arn]);
    });

    it("registers, discovers and deregisters instances; one that is registered again is replaced", async () => {
        const { Id } = await createService("found");
        await register(Id!, "one", { AWS_INSTANCE_IPV4: "127.1.0.1" });
        await register(Id!, "one", { AWS_INSTANCE_IPV4: "127.1.0.2" });
        const discover = async (): Promise<unknown> => {
            const { Instances } = await map.send(new DiscoverInstancesCommand({ NamespaceName: "staging.internal", ServiceName: "found" }));
            return Instances!.map(({ InstanceId, Attributes, HealthStatus }) => [InstanceId, Attributes, HealthStatus]);
        };
        assert.deepEqual(await discover(), [["one", { AWS_INSTANCE_IPV4: "127.1.0.2" }, "HEALTHY"]]);
        assert.equal(
            await refusalOf(map.send(new DeleteServiceCommand({ Id: Id! }))),
            "ResourceInUse: Service contains registered instances; delete the instances before deleting the service",
        );
        await map.send(new DeregisterInstanceCommand({ ServiceId: Id!, InstanceId: "one" }));
        assert.deepEqual(await discover(), []);
        await map.send(new DeleteServiceCommand({ Id: Id! }));
        assert.match(await refusalOf(map.send(new GetServiceCommand({ Id: Id! }))), /^ServiceNotFound: /);
    });

    it("keeps tags", async () => {
        const { Arn } = await createService("tagged");
        await map.send(
            new TagResourceCommand({
                ResourceARN: Arn!,
                Tags: [
                    { Key: "a", Value: "1" },
                    { Key: "b", Value: "2" },
                ],
            }),
        );
        await map.send(new UntagResourceCommand({ ResourceARN: Arn!, TagKeys: ["a"] }));
        const { Tags } = await map.send(new ListTagsForResourceCommand({ ResourceARN: Arn! }));
        assert.deepEqual(Tags, [{ Key: "b", Value: "2" }]);
    });

    it("shows namespaces, services and instances to the task runner, which registers and removes instances", async () => {
        const { Id, Arn } = await createService("seen");
        await emulator.control.putInstance(place, Id!, "task-1", { AWS_INSTANCE_IPV4: "127.1.0.4" });
        const view = await emulator.control.cloudMap();
        assert.deepEqual(view.namespaces, [{ ...place, id: namespaceId, name: "staging.internal", type: "DNS_PRIVATE" }]);
        assert.deepEqual(
            view.services.find(({ name }) => name === "seen"),
            {
                ...place,
                id: Id,
                arn: Arn,
                name: "seen",
                namespaceId,
                instances: [{ id: "task-1", attributes: { AWS_INSTANCE_IPV4: "127.1.0.4" } }],
            },
        );
        const { Instances } = await map.send(new ListInstancesCommand({ ServiceId: Id! }));
        assert.equal(Instances!.length, 1);

        await emulator.control.removeInstance(place, Id!, "task-1");
        await emulator.control.removeInstance(place, Id!, "task-1");
        assert.deepEqual((await emulator.control.cloudMap()).services.find(({ name }) => name === "seen")!.instances, []);
    });

    it("deletes a namespace and its zone when it is empty, and only then", async () => {
        const other = await createNamespace("dev.internal");
        await map.send(new DeleteNamespaceCommand({ Id: other }));
        const { HostedZones } = await new Route53Client(emulator.staging).send(new ListHostedZonesCommand({}));
        assert.deepEqual(
            HostedZones!.map(({ Name }) => Name),
            ["staging.internal."],
        );
        assert.match(
            await refusalOf(map.send(new DeleteNamespaceCommand({ Id: namespaceId }))),
            new RegExp(`^ResourceInUse: Namespace ${namespaceId} still has services: srv-`),
        );
    });

    it("fails on a namespace or service that is there already, or in no namespace", async () => {
        assert.match(await refusalOf(createNamespace("staging.internal")), /^ConflictingDomainExists: /);
        assert.match(await refusalOf(createService("seen")), /^ServiceAlreadyExists: /);
        assert.match(await refusalOf(map.send(new CreateServiceCommand({ Name: "lost", NamespaceId: "ns-none" }))), /^NamespaceNotFound: /);
    });

    it("fails on an instance without address for a service with an A record", async () => {
        const { Id } = await createService("addressed");
        assert.equal(
            await refusalOf(register(Id!, "one", { AWS_INSTANCE_PORT: "80" })),
            "InvalidInput: AWS_INSTANCE_IPV4 or AWS_ALIAS_DNS_NAME is required for a service with an A record",
        );
    });
});
