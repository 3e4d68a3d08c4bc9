import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { ListenerView } from "../emulator/views";

/** The headers that an Application Load Balancer adds to a request, or changes in it. */
export function forwardedHeaders(
    headers: IncomingHttpHeaders,
    { host, clientAddress, listener }: { readonly host: string; readonly clientAddress: string; readonly listener: ListenerView },
): Readonly<Record<string, string>> {
    const before = headers["x-forwarded-for"];
    return {
        host,
        "x-forwarded-for": before === undefined ? clientAddress : `${[before].flat().join(", ")}, ${clientAddress}`,
        "x-forwarded-proto": listener.protocol.toLowerCase(),
        "x-forwarded-port": String(listener.port),
        "x-amzn-trace-id": [headers["x-amzn-trace-id"] ?? newTrace()].flat().join(", "),
    };
}

/** @example "Root=1-67891233-abcdef012345678912345678" */
function newTrace(): string {
    const seconds = Math.floor(Date.now() / 1_000).toString(16);
    return `Root=1-${seconds}-${randomBytes(12).toString("hex")}`;
}
