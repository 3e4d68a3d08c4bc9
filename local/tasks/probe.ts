import { get } from "node:http";
import type { ProbeResult } from "./targetHealth";

export interface ProbeTarget {
    readonly address: string;
    readonly port: number;
    readonly path: string;
    readonly timeoutInMs: number;
}

/**
 * Sends one health check request as an Application Load Balancer does: plain HTTP, a connection of its own, redirects not followed.
 * The signal ends it early; its result then means nothing.
 */
export function probe({ address, port, path, timeoutInMs }: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
    return new Promise((resolve) => {
        const request = get({
            host: address,
            port,
            path,
            agent: false,
            headers: { host: `${address}:${port}`, "user-agent": "ELB-HealthChecker/2.0", connection: "close" },
            signal,
        });
        const timer = setTimeout(() => {
            resolve({ kind: "timeout" });
            request.destroy();
        }, timeoutInMs);
        request.on("response", (response) => {
            resolve({ kind: "answered", statusCode: response.statusCode ?? 0 });
            response.destroy();
        });
        request.on("error", () => {
            resolve({ kind: "failed" });
        });
        request.on("close", () => {
            clearTimeout(timer);
        });
    });
}
