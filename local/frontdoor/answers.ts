import { STATUS_CODES, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** An answer that the front door gives by itself. */
export interface Answer {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
}

/** What an Application Load Balancer answers when it has nobody to send a request to, or that did not work. */
export function balancerAnswer(statusCode: 502 | 503 | 504): Answer {
    const title = `${statusCode} ${{ 502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out" }[statusCode]}`;
    return {
        statusCode,
        headers: { server: "awselb/2.0", "content-type": "text/html" },
        body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
    };
}

/** A page of the front door itself. */
export function pageAnswer(statusCode: number, body: string): Answer {
    return { statusCode, headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }, body };
}

export function sendAnswer(response: ServerResponse, { statusCode, headers, body }: Answer): void {
    const bytes = Buffer.from(body);
    response.writeHead(statusCode, { ...headers, "content-length": bytes.length });
    response.end(response.req.method === "HEAD" ? undefined : bytes);
}

/** Answers a request to change the protocol, which has no response object, and closes its connection. */
export function sendRawAnswer(socket: Duplex, { statusCode, headers, body }: Answer): void {
    const lines = Object.entries({ ...headers, "content-length": String(Buffer.byteLength(body)), connection: "close" });
    const head = [`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ""}`, ...lines.map(([name, value]) => `${name}: ${value}`)];
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
