"use strict";

// Loaded into every Node.js process of a measurement: notes when it ran, its processor time and its peak memory.
const { appendFileSync } = require("node:fs");

process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const note = {
        script: process.argv[1] ?? "",
        begin: performance.timeOrigin,
        end: performance.timeOrigin + performance.now(),
        processorSeconds: (userCPUTime + systemCPUTime) / 1e6,
        peakBytes: maxRSS * 1024,
    };
    appendFileSync(process.env.BENCH_CLOCK, `${JSON.stringify(note)}\n`);
});
