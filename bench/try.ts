import fs from "node:fs";
import { Scene } from "./branch/scene";
import { Clock } from "./clock";
import { ourWay } from "./branch/ours";
import { bareEngine } from "./branch/bare";
void (async () => {
    const d = fs.mkdtempSync("/tmp/understudy-bench-");
    const scene = await Scene.open(d, new Clock(d));
    const ours = ourWay(scene, "bench/ours"), bare = bareEngine(scene, "bench/bare");
    for (let i = 0; i < 4; i++) {
        for (const [n, w] of [["ours", ours], ["bare", bare]] as const) { const p = await w.up(); await scene.settled(); const q = await w.down(); await scene.settled(); console.log(n, JSON.stringify(p), JSON.stringify(q)); }
    }
    await scene[Symbol.asyncDispose](); fs.rmSync(d, { recursive: true });
})();
