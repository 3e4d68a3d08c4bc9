import type { Clients } from "../../aws/clients";
import { UnderstudyError } from "../../errors";
import { tagMap, waitUntilGone, type Found, type OrphanKind, type Tags } from "./kind";

export const discoveryService: OrphanKind = {
    async find(aws, inputs) {
        const discovery = await aws.discovery();
        const { namespaceId = "" } = (inputs["dnsConfig"] ?? {}) as { readonly namespaceId?: string };
        const { paginateListServices } = await import("@aws-sdk/client-servicediscovery");
        const request = { Filters: [{ Name: "NAMESPACE_ID" as const, Values: [namespaceId], Condition: "EQ" as const }] };
        const found: Found[] = [];
        for await (const { Services = [] } of paginateListServices({ client: discovery }, request)) {
            for (const { Id = "", Arn = "", Name } of Services) {
                if (Name === inputs["name"]) found.push({ id: Id, tags: await discoveryTags(aws, Arn) });
            }
        }
        return found;
    },
    async remove(aws, id) {
        const discovery = await aws.discovery();
        const { Instances = [] } = await discovery.listInstances({ ServiceId: id });
        await Promise.all(Instances.map(({ Id = "" }) => discovery.deregisterInstance({ ServiceId: id, InstanceId: Id })));
        await discovery.deleteService({ Id: id });
    },
};

/** Made and removed by operations that take about a minute each; while one is under way, AWS refuses the other. */
export const namespace: OrphanKind = {
    settling: 90,
    async find(aws, inputs) {
        const { paginateListNamespaces } = await import("@aws-sdk/client-servicediscovery");
        const request = { Filters: [{ Name: "TYPE" as const, Values: ["DNS_PRIVATE"], Condition: "EQ" as const }] };
        const found: Found[] = [];
        for await (const { Namespaces = [] } of paginateListNamespaces({ client: await aws.discovery() }, request)) {
            for (const { Id = "", Arn = "", Name } of Namespaces) {
                if (Name === inputs["name"]) found.push({ id: Id, tags: await discoveryTags(aws, Arn) });
            }
        }
        return found;
    },
    async remove(aws, id, signal) {
        const discovery = await aws.discovery();
        const { OperationId } = await discovery.deleteNamespace({ Id: id });
        const gone = async (): Promise<boolean> => {
            const { Status, ErrorMessage = "no reason given" } = (await discovery.getOperation({ OperationId })).Operation ?? {};
            if (Status === "FAIL") throw new UnderstudyError("update-failed", `the namespace ${id}, which an interrupted run had made, cannot be removed: ${ErrorMessage}`, "remove what is in it, then run the same command again");
            return Status === "SUCCESS";
        };
        await waitUntilGone(id, gone, signal);
    },
};

async function discoveryTags(aws: Clients, arn: string): Promise<Tags> {
    return tagMap((await (await aws.discovery()).listTagsForResource({ ResourceARN: arn })).Tags);
}
