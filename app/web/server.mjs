import { createServer } from "node:http";
import { askApi } from "./api.mjs";
import { readFacts } from "./facts.mjs";
import { renderPage } from "./page.mjs";
import { theme } from "./theme.mjs";
import { countVisit } from "./visits.mjs";

const port = Number(process.env.PORT || 8080);
const apiUrl = process.env.API_URL || "http://api:8080";
const facts = readFacts(process.env);

const routes = {
    "/healthcheck": () => ({ type: "text/plain; charset=utf-8", body: "ok\n" }),
    "/info.json": async () => ({ type: "application/json; charset=utf-8", body: `${JSON.stringify(await collectInfo(), null, 2)}\n` }),
    "/": async (request) => {
        const visit = countVisit(request.headers.cookie, process.env.SESSION_SECRET);
        const body = renderPage(await collectInfo(), theme, visit?.visits);
        return { type: "text/html; charset=utf-8", body, cookie: visit?.cookie };
    },
};

async function collectInfo() {
    return { service: "web", ...facts, banner: theme.banner, api: await askApi(apiUrl) };
}

const server = createServer(async (request, response) => {
    const route = routes[request.url.split("?")[0]];
    if (!route) {
        response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("there is no such page\n");
        return;
    }
    const { type, body, cookie } = await route(request);
    response.writeHead(200, { "content-type": type, "cache-control": "no-store", ...(cookie && { "set-cookie": cookie }) });
    response.end(request.method === "HEAD" ? undefined : body);
});

server.listen(port, () => log("listening", { port }));

for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => {
        log("stopping", { signal });
        server.close(() => process.exit(0));
        server.closeIdleConnections();
    });
}

function log(message, details) {
    console.log(JSON.stringify({ time: new Date().toISOString(), level: "info", service: "web", message, ...details }));
}
