import assert from "node:assert/strict";
import fc from "fast-check";
import { readCompose } from "../../../model/compose/compose";
import type { Files } from "../../../model/compose/files";
import { modelReport } from "../../../model/report";

/** Pieces of Compose files, of which the fuzzer makes worse ones. */
const pieces = [
    ..."{}[]:,-?&*!|>'\"#%@`\n\t $\\=<~/.0123456789aeinxy\u0000\ufeff\ud800é😀".split(""),
    ...["services:", "\n  ", "\n    ", "web:", "image: x", "extends:", "include:", "env_file:", "environment:", "ports:", "<<: *a", "&a ", "*a", "!reset "],
    ...["!override ", "---\n", "${", "${A:-", "}", "$A", "__proto__", "constructor", "depends_on:", "healthcheck:", "x-understudy:", "deploy:", "0755", "2024-01-01"],
    ...["{file: compose.yaml, service: web}", "[compose.yaml]", "[a.env]", "[other.yaml]", "null", "true", "- ", "? ", "!!str ", "command: a b", "build: ."],
];

const service = fc.object({ key: fc.constantFrom(...serviceKeys()), maxDepth: 3, maxKeys: 8 });

const document = fc.oneof(
    { weight: 3, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join("")) },
    { weight: 2, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => `services:\n  web:\n    image: x\n    ${parts.join("")}`) },
    { weight: 3, arbitrary: fc.tuple(service, service, service).map(([web, other, change]) => merging(web, other, change)) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
);

/**
 * Reads folders that nobody would write, for so many milliseconds or runs. Fails, with the folder that does it, when the reader throws,
 * takes longer than a second for one, or says something that a person could not read.
 */
export function fuzzCompose(options: { readonly milliseconds?: number; readonly runs?: number; readonly seed?: number }): void {
    const limits = {
        numRuns: options.runs ?? Number.MAX_SAFE_INTEGER,
        ...(options.seed !== undefined && { seed: options.seed }),
        ...(options.milliseconds !== undefined && { interruptAfterTimeLimit: options.milliseconds, markInterruptAsFailure: false }),
    };
    fc.assert(
        fc.property(document, document, document, (main, other, variables) => {
            const folder = new Map([
                ["compose.yaml", main],
                ["other.yaml", other],
                ["a.env", variables],
                [".env", variables],
            ]);
            const files: Files = {
                read: (file) => {
                    const text = folder.get(file);
                    return text === undefined ? { reason: "there is no such file", kind: "missing" } : { text };
                },
            };
            const started = performance.now();
            const { application, problems } = readCompose(main, "compose.yaml", { A: "a", HOST_WEB: "" }, files);
            JSON.stringify(modelReport(application, problems));
            assert.ok(performance.now() - started < 1000, "takes too long");
            for (const { message, file } of problems) {
                assert.ok(folder.has(file), `names the file ${file}`);
                assert.doesNotMatch(message, /undefined|\[object|NaN|function |\bat .*:\d+:\d+/, message);
            }
        }),
        limits,
    );
}

/** Services of any shape on top of each other, by `extends` and by a second document. */
function merging(web: object, other: object, change: object): string {
    const documents = [{ services: { web, other: { ...other, extends: "web" } } }, { services: { web: change } }];
    return documents.map((each) => JSON.stringify(each)).join("\n---\n");
}

function serviceKeys(): readonly string[] {
    return ["image", "command", "environment", "ports", "env_file", "extends", "depends_on", "healthcheck", "deploy", "x-understudy", "volumes", "profiles", "build", "__proto__"];
}
