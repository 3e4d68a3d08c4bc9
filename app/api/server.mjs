import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { greeting } from "./greeting.mjs";

const port = Number(process.env.PORT || 8080);
const commit = readCommit();

const server = createServer((request, response) => {
    switch (request.url.split("?")[0]) {
        case "/healthcheck":
            response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end("ok\n");
            break;
        case "/greeting":
            response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
            response.end(JSON.stringify({ message: greeting, commit, environment: process.env.UNDERSTUDY_ENVIRONMENT || "laptop" }));
            break;
        default:
            response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("there is no such page\n");
    }
});

server.listen(port, () => log("listening", { port, commit }));

for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => {
        log("stopping", { signal });
        server.close(() => process.exit(0));
        server.closeIdleConnections();
    });
}

/** The commit that the image was built from. */
function readCommit() {
    try {
        return readFileSync("REVISION", "utf8").trim() || "unknown";
    } catch {
        return "unknown";
    }
}

function log(message, details) {
    console.log(JSON.stringify({ time: new Date().toISOString(), level: "info", service: "api", message, ...details }));
}
