import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { throwIfInterrupted } from "../engine/workspace";
import { UnderstudyError } from "../errors";
import type { Clients } from "./clients";
import { calling } from "./errors";

/**
 * How long a resolver may believe that a name does not exist, in seconds. A service is often asked for by others before its first task has
 * registered; with AWS's own value they would not find it for minutes. The provider's resource has no argument for it.
 */
export const wantedNegativeTtl = 5;

const pause = 1_000; // milliseconds; AWS takes about a minute

/** How long resolvers believe it of this namespace's names, in seconds. */
export async function negativeTtlOf(aws: Clients, namespaceId: string): Promise<number | undefined> {
    const { Namespace } = await calling("look at the discovery namespace", async () => (await aws.discovery()).getNamespace({ Id: namespaceId }));
    return Namespace?.Properties?.DnsProperties?.SOA?.TTL;
}

/** Gives a private namespace the short time, unless it has it already. Returns whether it changed something. */
export async function shortenNegativeTtl(aws: Clients, namespaceId: string, signal: AbortSignal | undefined): Promise<boolean> {
    if ((await negativeTtlOf(aws, namespaceId)) === wantedNegativeTtl) return false;
    const Properties = { DnsProperties: { SOA: { TTL: wantedNegativeTtl } } };
    const request = { Id: namespaceId, UpdaterRequestId: randomUUID(), Namespace: { Properties } };
    await calling("shorten how long missing names are remembered", async () => {
        const discovery = await aws.discovery();
        const { OperationId } = await discovery.updatePrivateDnsNamespace(request);
        for (;;) {
            const { Status, ErrorMessage = "no reason given" } = (await discovery.getOperation({ OperationId })).Operation ?? {};
            if (Status === "SUCCESS") return;
            if (Status === "FAIL") throw new UnderstudyError("update-failed", `the discovery namespace does not take another TTL: ${ErrorMessage}`, "run the same command again");
            throwIfInterrupted(signal);
            await sleep(pause);
        }
    });
    return true;
}
