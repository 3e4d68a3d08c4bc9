import { randomUUID } from "node:crypto";
import type { Clients } from "./clients";
import { calling } from "./errors";

/**
 * How long a resolver may believe that a name does not exist, in seconds. A service is often asked for by others before its first task has
 * registered; with AWS's own value they would not find it for minutes. The provider's resource has no argument for it.
 */
export const wantedNegativeTtl = 5;

/** How long resolvers believe it of this namespace's names, in seconds. */
export async function negativeTtlOf(aws: Clients, namespaceId: string): Promise<number | undefined> {
    const { Namespace } = await calling("look at the discovery namespace", async () => (await aws.discovery()).getNamespace({ Id: namespaceId }));
    return Namespace?.Properties?.DnsProperties?.SOA?.TTL;
}

/** Gives a private namespace the short time, unless it has it already. Returns whether it changed something. */
export async function shortenNegativeTtl(aws: Clients, namespaceId: string): Promise<boolean> {
    if ((await negativeTtlOf(aws, namespaceId)) === wantedNegativeTtl) return false;
    const Properties = { DnsProperties: { SOA: { TTL: wantedNegativeTtl } } };
    const request = { Id: namespaceId, UpdaterRequestId: randomUUID(), Namespace: { Properties } };
    await calling("shorten how long missing names are remembered", async () => (await aws.discovery()).updatePrivateDnsNamespace(request));
    return true;
}
