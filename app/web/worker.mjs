import { askApi } from "./api.mjs";
import { readFacts } from "./facts.mjs";

const pauseInMs = Number(process.env.WORKER_PAUSE_SECONDS || 15) * 1_000;
const apiUrl = process.env.API_URL || "http://api:8080";
const { commit, environment } = readFacts(process.env);

let round = 0;

async function work() {
    round += 1;
    const api = await askApi(apiUrl);
    if (api.answered) log("info", "api answered", { round, answer: api.message });
    else log("warn", "api did not answer", { round, reason: api.reason });
    timer = setTimeout(work, pauseInMs);
}

let timer = setTimeout(work, 0);
log("info", "started", { commit, environment });

for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => {
        log("info", "stopping", { signal, round });
        clearTimeout(timer);
        process.exit(0);
    });
}

function log(level, message, details) {
    console.log(JSON.stringify({ time: new Date().toISOString(), level, service: "worker", message, ...details }));
}
