import assert from "node:assert/strict";
import { Progress } from "../../automation/engine/progress";
import type { Event } from "../../automation/events";

const stackUrn = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s";
const logs = "urn:pulumi:s::p::understudy:task:Task$aws:cloudwatch/logGroup:LogGroup::web-logs";

function metadata(op: string, urn: string, type: string, more: object = {}): object {
    return { metadata: { op, urn, type, provider: "", ...more } };
}

function told(...events: readonly object[]): { readonly progress: Progress; readonly events: readonly Event[] } {
    const seen: Event[] = [];
    const progress = new Progress((event) => seen.push(event));
    for (const event of events) progress.take({ sequence: 1, timestamp: 1, ...event });
    return { progress, events: seen };
}

describe("the progress of the engine", () => {
    it("tells what is done to each resource, and how long it took", () => {
        const type = "aws:cloudwatch/logGroup:LogGroup";
        const { events, progress } = told(
            { resourcePreEvent: metadata("create", logs, type) },
            { resOutputsEvent: metadata("create", logs, type, { new: { id: "/shop/x/web" } }) },
        );
        const [started, done] = events;
        assert.deepEqual(started, { type: "resource", operation: "create", state: "started", resourceType: type, name: "web-logs", urn: logs });
        assert.ok(done?.type === "resource" && done.state === "done" && typeof done.seconds === "number");
        assert.deepEqual([[...progress.ids], [...progress.changed]], [[[type, ["/shop/x/web"]]], ["/shop/x/web"]]);
    });

    it("does not take for changed what is only there", () => {
        const { progress } = told({ resOutputsEvent: metadata("same", logs, "t", { new: { id: "there" } }) }, { resOutputsEvent: metadata("delete", logs, "t", { new: null }) });
        assert.deepEqual([[...progress.ids], [...progress.changed]], [[["t", ["there"]]], []]);
    });

    it("counts what the engine has done", () => {
        const { progress } = told({ summaryEvent: { resourceChanges: { create: 2, same: 3, replace: 1, "create-replacement": 1, "delete-replaced": 1, update: 4, delete: 5 } } });
        assert.deepEqual(progress.changes, { created: 2, updated: 4, replaced: 1, deleted: 5, unchanged: 3 });
    });

    it("keeps the last outputs of the stack, and does not tell of the stack as of a resource", () => {
        const { events, progress } = told(
            { resourcePreEvent: metadata("same", stackUrn, "pulumi:pulumi:Stack") },
            { resOutputsEvent: metadata("same", stackUrn, "pulumi:pulumi:Stack", { new: { outputs: { url: "https://x" } } }) },
        );
        assert.deepEqual(progress.outputs, { url: "https://x" });
        assert.deepEqual(events, []);
    });

    it("keeps errors with the resource they are about", () => {
        const { progress } = told(
            { diagnosticEvent: { urn: logs, severity: "error", message: "<{%fg 1%}>ResourceAlreadyExistsException<{%reset%}>\n", color: "raw" } },
            { diagnosticEvent: { urn: stackUrn, severity: "error", message: "update failed", color: "never" } },
            { diagnosticEvent: { severity: "info", message: "nothing", color: "never" } },
        );
        assert.deepEqual(progress.failures, [{ resource: "web-logs (aws:cloudwatch/logGroup:LogGroup)", message: "ResourceAlreadyExistsException" }, { message: "update failed" }]);
    });

    it("passes on the program's warnings, but not what everybody knows", () => {
        const warning = (message: string): object => ({ diagnosticEvent: { severity: "warning", message, color: "never" } });
        const { events } = told(
            warning("warning: staging has no release yet\n"),
            warning("using pulumi-language-nodejs from $PATH at /bin/pulumi-language-nodejs\n"),
            warning("Attempting to deploy or update resources with 1 pending operations from previous deployment.\n"),
        );
        assert.deepEqual(events, [{ type: "warning", message: "staging has no release yet" }]);
    });

    it("passes over what it does not know", () => {
        assert.deepEqual(told({ progressEvent: {} }, { resourcePreEvent: metadata("replace", logs, "t") }, { resourcePreEvent: metadata("invented", logs, "t") }).events, []);
    });
});
