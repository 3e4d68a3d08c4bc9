import assert from "node:assert/strict";
import type { TargetGroupView } from "../../../local/emulator/views";
import { afterCheck, type ContainerCheck, readContainerCheck, unknownHealth } from "../../../local/tasks/containerHealth";
import { afterProbe, matches, type ProbeResult, registered, type TargetHealth } from "../../../local/tasks/targetHealth";
import { assessHealth, type HealthFacts } from "../../../local/tasks/taskHealth";

const ok: ProbeResult = { kind: "answered", statusCode: 200 };
const error: ProbeResult = { kind: "answered", statusCode: 500 };
const timeout: ProbeResult = { kind: "timeout" };
const failed: ProbeResult = { kind: "failed" };

describe("afterProbe", () => {
    const check: TargetGroupView["healthCheck"] = {
        enabled: true,
        path: "/",
        port: "traffic-port",
        protocol: "HTTP",
        interval: 30,
        timeout: 5,
        healthyThreshold: 3,
        unhealthyThreshold: 2,
        matcher: "200-299",
    };
    const initial = "initial Elb.InitialHealthChecking Initial health checks in progress";
    const cases: readonly { readonly name: string; readonly results: readonly ProbeResult[]; readonly states: readonly string[] }[] = [
        { name: "is healthy after its first success", results: [ok], states: ["healthy"] },
        { name: "stays initial after a first failure", results: [error, ok], states: [initial, "healthy"] },
        {
            name: "is unhealthy after enough failures",
            results: [error, error],
            states: [initial, "unhealthy Target.ResponseCodeMismatch Health checks failed with these codes: [500]"],
        },
        {
            name: "tells the newest reason",
            results: [error, error, timeout, failed],
            states: [
                initial,
                "unhealthy Target.ResponseCodeMismatch Health checks failed with these codes: [500]",
                "unhealthy Target.Timeout Request timed out",
                "unhealthy Target.FailedHealthChecks Health checks failed",
            ],
        },
        {
            name: "forgives a single failure",
            results: [ok, error, ok, error, ok],
            states: ["healthy", "healthy", "healthy", "healthy", "healthy"],
        },
        {
            name: "becomes unhealthy after two in a row",
            results: [ok, error, timeout],
            states: ["healthy", "healthy", "unhealthy Target.Timeout Request timed out"],
        },
        {
            name: "needs three successes in a row to come back",
            results: [failed, failed, ok, ok, failed, ok, ok, ok],
            states: [initial, ...Array<string>(6).fill("unhealthy Target.FailedHealthChecks Health checks failed"), "healthy"],
        },
    ];
    for (const { name, results, states } of cases) {
        it(name, () => {
            const seen: string[] = [];
            results.reduce<TargetHealth>((health, result) => {
                const next = afterProbe(health, result, check);
                seen.push([next.state, next.reason, next.description].filter(Boolean).join(" "));
                return next;
            }, registered);
            assert.deepEqual(seen, states);
        });
    }

    it("begins with a registration", () => {
        assert.deepEqual(registered, {
            state: "initial",
            reason: "Elb.RegistrationInProgress",
            description: "Target registration is in progress",
            contradictions: 0,
        });
    });

    it("reads matchers of codes, ranges and lists", () => {
        assert.deepEqual(
            [matches("200", 200), matches("200", 201), matches("200-399", 302), matches("200,404", 404), matches("200-299,404", 400)],
            [true, false, true, true, false],
        );
    });
});

describe("container health", () => {
    const check: ContainerCheck = { command: ["true"], interval: 30, timeout: 5, retries: 2, startPeriod: 10 };

    it("fills in ECS's defaults", () => {
        assert.deepEqual(readContainerCheck({ command: ["CMD", "curl", "-f", "localhost"] }), {
            command: ["curl", "-f", "localhost"],
            interval: 30,
            timeout: 5,
            retries: 3,
            startPeriod: 0,
        });
        assert.deepEqual(
            readContainerCheck({ command: ["CMD-SHELL", "curl localhost || exit 1"], interval: 5, timeout: 2, retries: 1, startPeriod: 3 }),
            {
                ...{ command: ["/bin/sh", "-c", "curl localhost || exit 1"], interval: 5, timeout: 2, retries: 1, startPeriod: 3 },
            },
        );
        assert.deepEqual(readContainerCheck({ command: ["curl", "localhost"] })?.command, ["curl", "localhost"]);
    });

    it("knows that there is none", () => {
        assert.deepEqual(
            [readContainerCheck(undefined), readContainerCheck({ command: ["NONE"] }), readContainerCheck({ command: [] })],
            [undefined, undefined, undefined],
        );
    });

    const cases: readonly { readonly name: string; readonly runs: string; readonly states: string }[] = [
        { name: "is healthy after one success", runs: "+", states: "H" },
        { name: "is unhealthy after as many failures as retries", runs: "--", states: "UX" },
        { name: "does not count failures of the start period", runs: "sss-+", states: "UUUUH" },
        { name: "counts failures of the start period after a success", runs: "+ss", states: "HHX" },
        { name: "comes back with one success", runs: "--+", states: "UXH" },
        { name: "forgets a failure after a success", runs: "+-+-+", states: "HHHHH" },
    ];
    for (const { name, runs, states } of cases) {
        it(`${name}: ${runs}`, () => {
            const letters = { UNKNOWN: "U", HEALTHY: "H", UNHEALTHY: "X" };
            let seen = "";
            Array.from(runs).reduce((health, run) => {
                const next = afterCheck(health, run === "+", run === "s", check);
                seen += letters[next.status];
                return next;
            }, unknownHealth);
            assert.equal(seen, states);
        });
    }
});

describe("assessHealth", () => {
    const facts: HealthFacts = { taskId: "t", age: 60_000, scale: 0.1, gracePeriod: 0, containers: undefined, targets: [] };
    const target = (health: Partial<TargetHealth>): HealthFacts["targets"][number] => ({
        targetGroupArn: "group",
        port: 8080,
        health: { ...registered, ...health },
    });
    const sick = target({ state: "unhealthy", description: "Request timed out" });

    const cases: readonly { readonly name: string; readonly facts: Partial<HealthFacts>; readonly state: unknown }[] = [
        { name: "needs some time to be healthy without any check", facts: { age: 400 }, state: { phase: "running", again: 600 } },
        { name: "is healthy then", facts: { age: 1_000 }, state: { phase: "healthy" } },
        { name: "waits for its containers", facts: { containers: "UNKNOWN" }, state: { phase: "running" } },
        { name: "is healthy at once when its containers are", facts: { age: 1, containers: "HEALTHY" }, state: { phase: "healthy" } },
        { name: "waits for all its targets", facts: { targets: [target({ state: "healthy" }), target({})] }, state: { phase: "running" } },
        {
            name: "is healthy when all are",
            facts: { age: 1, containers: "HEALTHY", targets: [target({ state: "healthy" })] },
            state: { phase: "healthy" },
        },
        {
            name: "is unhealthy when a target is",
            facts: { targets: [target({ state: "healthy" }), sick] },
            state: {
                phase: "unhealthy",
                event: "(task t) (port 8080) is unhealthy in (target-group group) due to (reason Request timed out).",
                stoppedReason: "Task failed ELB health checks in (target-group group)",
            },
        },
        {
            name: "is unhealthy when a container is",
            facts: { containers: "UNHEALTHY" },
            state: {
                phase: "unhealthy",
                event: "(task t) failed container health checks.",
                stoppedReason: "Task failed container health checks",
            },
        },
        {
            name: "is spared during the grace period",
            facts: { age: 400, gracePeriod: 10, containers: "UNHEALTHY", targets: [sick] },
            state: { phase: "running", again: 600 },
        },
    ];
    for (const { name, facts: more, state } of cases) {
        it(name, () => {
            assert.deepEqual(assessHealth({ ...facts, ...more }), state);
        });
    }
});
