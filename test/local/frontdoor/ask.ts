import { type IncomingMessage, request } from "node:http";

export interface Reply {
    readonly status: number;
    readonly headers: IncomingMessage["headers"];
    readonly body: string;
}

/** Asks a front door for a host, whatever this machine makes of names under localhost. Fetch lets nobody choose the Host header. */
export function ask(
    port: number,
    host: string,
    path = "/",
    { method = "GET", headers = {}, body = "", address = "127.0.0.1" } = {},
): Promise<Reply> {
    return new Promise((resolve, reject) => {
        const outgoing = request({ host: address, port, path, method, headers: { host, ...headers } }, (incoming) => {
            let text = "";
            incoming.setEncoding("utf8");
            incoming.on("data", (chunk: string) => (text += chunk));
            incoming.on("end", () => {
                resolve({ status: incoming.statusCode!, headers: incoming.headers, body: text });
            });
            incoming.on("error", reject);
        });
        outgoing.on("error", reject);
        outgoing.end(body);
    });
}
