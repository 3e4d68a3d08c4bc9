import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { tellingLines } from "../../automation/engine/appended";

describe("a file that another process appends to", () => {
    let directory: string;
    let file: string;

    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "appended-"));
        file = path.join(directory, "events");
    });

    afterEach(() => fs.rmSync(directory, { recursive: true }));

    it("is told line by line, whole characters and whole lines, without the one that was never ended", async () => {
        const lines: string[] = [];
        const [first, second] = [Buffer.from("grün\n"), Buffer.from("🚀\nnever end")];
        await tellingLines(file, (line) => lines.push(line), async () => {
            fs.appendFileSync(file, Buffer.concat([first, second.subarray(0, 2)])); // ends within a character
            while (lines.length === 0) await new Promise(setImmediate);
            fs.appendFileSync(file, second.subarray(2));
        });
        assert.deepEqual(lines, ["grün", "🚀"]);
    });

    it("is told while the work goes on", async () => {
        await tellingLines(file, (line) => fs.writeFileSync(path.join(directory, line), ""), async () => {
            fs.appendFileSync(file, "now\n");
            while (!fs.existsSync(path.join(directory, "now"))) await new Promise(setImmediate);
        });
    });

    it("is told to its end when the work fails", async () => {
        const lines: string[] = [];
        const failing = tellingLines(file, (line) => lines.push(line), () => {
            fs.appendFileSync(file, "last\n");
            return Promise.reject(new Error("no"));
        });
        await assert.rejects(failing, new Error("no"));
        assert.deepEqual(lines, ["last"]);
    });

    it("may be longer than what is read at once", async () => {
        const lines: string[] = [];
        const long = "x".repeat(200_000);
        await tellingLines(file, (line) => lines.push(line), () => Promise.resolve(fs.appendFileSync(file, `${long}\n${long}\n`)));
        assert.deepEqual(lines, [long, long]);
    });
});
