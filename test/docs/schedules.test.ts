import assert from "node:assert/strict";
import path from "node:path";
import { execa } from "execa";
import { loadApplication } from "../../model/load";
import { parseCron } from "../../model/schedules/cron";
import { rateFaults } from "../../model/schedules/rateAndAt";
import { readSchedules } from "../../model/schedules/readSchedules";
import { describedBatchKeys } from "../../model/schedules/reference";
import { assertGenerated, markdownTable, withGenerated } from "./generated";
import { readProjectFile, tableRows } from "./sources";

const page = readProjectFile("docs/schedules.md");
const root = path.resolve(__dirname, "../..");

describe("docs/schedules.md", () => {
    it("has every key of a batch", () => {
        const rows = describedBatchKeys().map(({ key, description, default: without }) => [`\`${key}\``, description, without]);
        assertGenerated("docs/schedules.md", withGenerated(page, "keys of a batch", markdownTable(["key", "what it says", "without it"], rows)), "UPDATE_SETTINGS");
    });

    it("shows the batches of the sample application, which it can run", () => {
        const [, example = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
        assert.equal(example, readProjectFile("app/schedules.yaml"));
        const { application } = loadApplication(path.join(root, "app"), {});
        const { batches, problems } = readSchedules(example, "example", application);
        assert.deepEqual(problems, []);
        assert.deepEqual(
            batches.map(({ name, service }) => `${name} in ${String(service)}`),
            ["nightly-totals in web", "office-digest in worker", "heartbeat in web", "move in web"],
        );
    });

    it("has a command line to see them with, which says what the other page shows", async () => {
        const [, command = "", output] = /^\$ (understudy batches check [^\n]*)\n(.*?)\n```$/ms.exec(readProjectFile("docs/cli.md")) ?? [];
        const { exitCode, stdout } = await execa(path.join(root, "bin", "understudy"), command.split(" ").slice(1), { cwd: root, reject: false });
        assert.deepEqual([exitCode, stdout], [0, output]);
    });

    it("tells of each field what the parser takes there", () => {
        const samples = ["1", "1", "1", "1", "?", "2026"];
        const signs: Readonly<Record<string, readonly string[]>> = {
            "/": ["*/2", "2026/2"],
            "?": ["?"],
            L: ["L"],
            LW: ["LW"],
            "15W": ["15W"],
            "6L": ["6L"],
            "3#2": ["3#2"],
        };
        const taken = samples.map((_, index) =>
            Object.keys(signs).filter((sign) =>
                (signs[sign] ?? []).some((text) => {
                    const fields = samples.with(index, text);
                    return parseCron((index === 4 && text !== "?" ? fields.with(2, "?") : index === 2 && text === "?" ? fields.with(4, "1") : fields).join(" ")).cron !== undefined;
                }),
            ),
        );
        const told = tableRows(page, "When it runs").map(([, , cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, sign = ""]) => sign));
        assert.deepEqual(told, taken);
    });

    it("names rates that EventBridge takes", () => {
        const [, sentence = ""] = /\*\*rate\*\* is a number and a unit: (.*?)\. EventBridge/s.exec(page) ?? [];
        const rates = [...sentence.matchAll(/`([^`]+)`/g)].map(([, rate = ""]) => rate);
        assert.equal(rates.length, 6);
        assert.deepEqual(rates.flatMap(rateFaults), []);
    });
});
