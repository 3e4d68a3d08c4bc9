import assert from "node:assert/strict";
import fc from "fast-check";
import { judge, parseOutcome, type Outcome, type ReportOptions, type Seen } from "../../automation/branch/report";

const info = { busy: false, url: "https://x-1a2b3c4d.staging.example.com" };
const changes = { created: 30, updated: 0, replaced: 0, deleted: 0, unchanged: 0 };
const expires = "2026-11-24T13:49:00.000Z";
const seen = {
    there: { kind: "there", info: { ...info, resources: 30 } },
    busy: { kind: "there", info: { ...info, resources: 30, busy: true } },
    empty: { kind: "there", info: { ...info, resources: 0 } },
    "there and known as up": { kind: "there", info: { ...info, resources: 30, entry: { status: "up", expires } } },
    "there and known as failed": { kind: "there", info: { ...info, resources: 30, entry: { status: "failed", reason: "web does not start", expires } } },
    "there and known as updating": { kind: "there", info: { ...info, resources: 30, entry: { status: "updating", expires } } },
    "there and known as removing": { kind: "there", info: { ...info, resources: 30, entry: { status: "removing", expires } } },
    "worked on and known as removing": { kind: "there", info: { ...info, busy: true, resources: 30, entry: { status: "removing", expires } } },
    gone: { kind: "gone" },
    unknown: { kind: "unknown", why: "AWS cannot be reached" },
} as const satisfies Readonly<Record<string, Seen>>;
const said = {
    up: { kind: "up", up: { urls: {}, changes, seconds: 79 } },
    removed: { kind: "removed", removed: { changes, seconds: 23 } },
    failed: { kind: "error", error: { kind: "deployment-failed", message: "web: the image is not there" } },
    stopped: { kind: "error", error: { kind: "interrupted", message: "the update was stopped" } },
    missing: { kind: "error", error: { kind: "not-found", message: "there is no branch-x" } },
    replaced: { kind: "error", error: { kind: "superseded", message: "a newer request has replaced this one" } },
    nothing: { kind: "nothing" },
} as const satisfies Readonly<Record<string, Outcome>>;

type Row = readonly [seen: keyof typeof seen, said: keyof typeof said, status: ReportOptions["status"], told: string];

const goesOn = "what was made stays, and the next run goes on from there";
const updates: readonly Row[] = [
    ["gone", "nothing", "started", "requested"],
    ["empty", "nothing", "started", "requested"],
    ["there", "nothing", "started", "updating"],
    ["unknown", "nothing", "started", "requested"],
    ["there", "up", "success", "up"],
    ["there", "up", undefined, "up"],
    ["unknown", "up", "success", "up"],
    ["there", "up", "failure", "up: it is up, but the job failed afterwards"],
    ["there", "up", "cancelled", "up"],
    ["gone", "up", "success", "removed: it was removed after this update"],
    ["busy", "up", "success", "updating: somebody works on it again"],
    ["there", "failed", "failure", `failed: web: the image is not there; ${goesOn}`],
    ["gone", "failed", "failure", "failed: web: the image is not there; there is no environment"],
    ["unknown", "failed", "failure", "failed: web: the image is not there"],
    ["there", "stopped", "cancelled", `cancelled: the update was stopped; ${goesOn}`],
    ["empty", "stopped", "failure", "cancelled: the update was stopped; nothing was made yet"],
    ["there", "nothing", "cancelled", `cancelled: its update was cancelled; ${goesOn}`],
    ["busy", "nothing", "cancelled", "cancelled: its update was cancelled; it is locked: the engine of that run, or another run, may still work on it"],
    ["gone", "nothing", "cancelled", "cancelled: its update was cancelled; there is no environment"],
    ["there", "nothing", "failure", `failed: its update ended without a result; ${goesOn}`],
    ["there", "nothing", undefined, `failed: its update ended without a result; ${goesOn}`],
    ["unknown", "nothing", "failure", "failed: its update ended without a result"],
    ["there", "nothing", "success", "up"],
    ["busy", "nothing", "success", "updating: somebody works on it"],
    ["gone", "nothing", "success", "removed"],
    ["unknown", "nothing", "success", "failed: its update left no result, and nobody could look: AWS cannot be reached"],
    ["there", "up", "skipped", "nothing"],
    ["there", "removed", "success", "updating: it was removed, and is made anew"],
    ["there and known as up", "nothing", undefined, "up"],
    ["there and known as up", "nothing", "success", "up"],
    ["there and known as up", "nothing", "failure", `failed: its update ended without a result; ${goesOn}`],
    ["there and known as failed", "nothing", undefined, `failed: web does not start; ${goesOn}`],
    ["there and known as failed", "nothing", "failure", `failed: web does not start; ${goesOn}`],
    ["there and known as failed", "nothing", "success", `failed: web does not start; ${goesOn}`],
    ["there and known as failed", "up", "success", `failed: web does not start; ${goesOn}`],
    ["there and known as updating", "nothing", undefined, `cancelled: its update was stopped; ${goesOn}`],
    ["there and known as removing", "up", "success", `cancelled: its removal was stopped; ${goesOn}`],
    ["worked on and known as removing", "nothing", undefined, "removing"],
    ["there and known as up", "replaced", "failure", "up"],
    ["there and known as failed", "replaced", "failure", `failed: web does not start; ${goesOn}`],
    ["there", "replaced", "failure", `failed: a newer request has replaced this one; ${goesOn}`],
];
const removals: readonly Row[] = [
    ["there", "nothing", "started", "removing"],
    ["gone", "nothing", "started", "removed"],
    ["gone", "removed", "success", "removed"],
    ["unknown", "removed", "success", "removed"],
    ["there", "removed", "success", "updating: it was removed, and is made anew"],
    ["gone", "missing", "failure", "removed"],
    ["unknown", "missing", "failure", "removed"],
    ["gone", "nothing", "failure", "removed"],
    ["gone", "nothing", "cancelled", "removed"],
    ["there", "failed", "failure", "failed: it could not be removed: web: the image is not there"],
    ["there", "stopped", "cancelled", `cancelled: the update was stopped; ${goesOn}`],
    ["there", "nothing", "cancelled", `cancelled: its removal was cancelled; ${goesOn}`],
    ["there", "nothing", "failure", `failed: its removal ended without a result; ${goesOn}`],
    ["there", "nothing", "success", "failed: it is still there"],
    ["there and known as failed", "nothing", "success", "failed: it is still there"],
    ["there and known as failed", "nothing", "failure", `failed: web does not start; ${goesOn}`],
    ["worked on and known as removing", "nothing", undefined, "removing"],
    ["gone", "nothing", "skipped", "nothing"],
];

describe("what is told of an environment", () => {
    for (const [what, removal, rows] of [["an update", false, updates], ["a removal", true, removals]] as const) {
        for (const [there, result, status, told] of rows) {
            it(`that is ${there} after ${what} that said ${result} and was ${status ?? "not judged"}`, () => {
                const judged = judge(seen[there], said[result], { removal, ...(status !== undefined && { status }) });
                assert.equal(judged === undefined ? "nothing" : [judged.status, judged.reason].filter((part) => part !== undefined).join(": "), told);
            });
        }
    }

    it("is never that it is up when it is not there", () => {
        for (const removal of [false, true]) {
            for (const outcome of Object.values(said)) {
                for (const status of ["started", "success", "failure", "cancelled", "skipped"] as const) assert.notEqual(judge(seen.gone, outcome, { removal, status })?.status, "up");
            }
        }
    });
});

describe("what a command printed", () => {
    const up = { stack: "branch-x", branch: "x", id: "x-1", base: "staging", created: true, url: "https://x", urls: { web: "https://x" }, images: {}, changes, seconds: 79 };
    const documents: readonly (readonly [what: string, document: object, outcome: Outcome])[] = [
        ["branch up", up, { kind: "up", up: { urls: { web: "https://x" }, url: "https://x", changes, seconds: 79 } }],
        ["branch up without a web service", { ...up, url: undefined, urls: {} }, { kind: "up", up: { urls: {}, changes, seconds: 79 } }],
        ["branch down", { stack: "branch-x", changes, seconds: 23 }, { kind: "removed", removed: { changes, seconds: 23 } }],
        ["a failure", { error: { kind: "locked", message: "somebody works", advice: "wait" } }, { kind: "error", error: { kind: "locked", message: "somebody works" } }],
        ["something else", [{ branch: "x" }], { kind: "nothing" }],
        ["half an error", { error: { kind: "locked" } }, { kind: "nothing" }],
        ["addresses that are none", { ...up, urls: { web: 1 } }, { kind: "nothing" }],
    ];
    for (const [what, document, outcome] of documents) {
        it(`is understood: ${what}`, () => assert.deepEqual(parseOutcome(JSON.stringify(document, undefined, 2), "branch-x"), outcome));
    }

    it("counts as nothing when it is about another environment", () => assert.deepEqual(parseOutcome(JSON.stringify(up), "branch-y-1a2b3c4d"), { kind: "nothing" }));

    it("counts as nothing wherever it is cut short", () => {
        const whole = JSON.stringify(up, undefined, 2);
        for (let length = 0; length < whole.length; length += 1) assert.deepEqual(parseOutcome(whole.slice(0, length), "branch-x"), { kind: "nothing" });
    });

    it("may be anything", () => {
        fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => assert.equal(parseOutcome(text, "branch-x").kind, "nothing")));
    });
});
