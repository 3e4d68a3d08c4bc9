import { askApi } from "./api.mjs";

// What the batches of schedules.yaml run: asks api once, and ends.
const [batch] = process.argv.slice(2);
const { answered, message, reason } = await askApi(process.env.API_URL || "http://api:8080");
const outcome = answered ? { level: "info", message: "api answered", answer: message } : { level: "error", message: "api did not answer", reason };
console.log(JSON.stringify({ time: new Date().toISOString(), service: "batch", batch, ...outcome }));
process.exitCode = answered ? 0 : 1;
