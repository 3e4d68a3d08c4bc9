import { afterCheck, type ContainerCheck, type ContainerHealth, unknownHealth } from "./containerHealth";
import { startContainer } from "./containerProcess";
import type { Launch } from "./launch";
import { pause } from "./pause";
import { toLocalTime } from "./timeScale";

/** A program is not faster on this machine than on AWS, so no check gets less time than this. */
export const shortestTimeoutInMs = 2_000;

/** Until the first interval is over a container is asked this often, and only a success counts: what starts fast is healthy fast. */
const eagerPauseInMs = 500;

/**
 * Runs a container's health check as its definition says until the signal ends it; intervals and start period are scaled. A healthy
 * container is asked in AWS's own time until a check fails: every check is a process, and many containers would keep the machine busy.
 * `launch` has the check's command and the container's environment. `onChange` is told every change of status.
 */
export async function watchContainerHealth(
    check: ContainerCheck,
    launch: Launch,
    scale: number,
    signal: AbortSignal,
    onChange: (health: ContainerHealth) => void,
): Promise<void> {
    const interval = toLocalTime(check.interval, scale);
    const timeout = Math.max(toLocalTime(check.timeout, scale), shortestTimeoutInMs);
    const started = Date.now();
    const firstDue = started + interval;
    const startPeriodEnd = Math.max(started + toLocalTime(check.startPeriod, scale), firstDue);
    let health = unknownHealth;
    const nextPause = (): number => {
        if (health.status === "UNKNOWN" && Date.now() < firstDue) return Math.min(eagerPauseInMs, interval);
        return health.status === "HEALTHY" && health.failuresInARow === 0 ? toLocalTime(check.interval, 1) : interval;
    };
    while (await pause(nextPause(), signal)) {
        const inStartPeriod = Date.now() < startPeriodEnd;
        const passed = await runCheck(launch, timeout, signal);
        if (signal.aborted) return;
        const before = health;
        health = afterCheck(before, passed, inStartPeriod, check);
        if (health.status !== before.status) onChange(health);
    }
}

/** True when the check's program exits with 0 in time. */
async function runCheck(launch: Launch, timeoutInMs: number, signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    const end = (): void => {
        over.abort();
    };
    signal.addEventListener("abort", end, { once: true, signal: over.signal });
    try {
        const check = await startContainer(launch);
        for (const output of check.outputs) output.resume();
        const code = await Promise.race([check.exited, pause(timeoutInMs, over.signal).then(() => undefined)]);
        if (code === undefined) await check.stop(0);
        return code === 0;
    } catch {
        return false; // the check's program cannot be started, which is a failed check
    } finally {
        over.abort();
    }
}
