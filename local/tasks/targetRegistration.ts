import type { ControlClient } from "../emulator/control";
import type { TargetGroupView } from "../emulator/views";
import { shortestTimeoutInMs } from "./healthCommand";
import { pause } from "./pause";
import { probe } from "./probe";
import { reliably, unlessGone } from "./reliably";
import { afterProbe, registered, type TargetHealth } from "./targetHealth";
import { toLocalTime } from "./timeScale";

export interface TargetOptions {
    readonly control: ControlClient;
    /** As it is now: its checks may change while it is used. */
    readonly targetGroup: () => TargetGroupView;
    readonly address: string;
    readonly port: number;
    readonly scale: number;
    /** Ends every wait, when the runner itself ends. */
    readonly signal: AbortSignal;
    readonly onChange: () => void;
    readonly warn: (message: string) => void;
}

/** A target is drained at least this long, so that the front door has heard of it before its task ends. */
const shortestDrainInMs = 200;
/** How often it is asked whether the last connection has gone. */
const drainPauseInMs = 50;

const draining: TargetHealth = {
    state: "draining",
    reason: "Target.DeregistrationInProgress",
    description: "Target deregistration is in progress",
    contradictions: 0,
};

/**
 * One task as a target of one target group: registered, health-checked as the group says with its times scaled, and drained at the end.
 * The emulator always shows the health that this knows. A target group that is deleted meanwhile is no error.
 */
export class TargetRegistration {
    private health: TargetHealth = registered;
    private readonly checks = new AbortController();
    private checking: Promise<void> = Promise.resolve();

    constructor(private readonly options: TargetOptions) {}

    get current(): TargetHealth {
        return this.health;
    }

    /** Registers the target and begins to check it. */
    async register(): Promise<void> {
        await this.tell(this.health);
        this.checking = this.checkOn().catch((error: unknown) => {
            if (!this.options.signal.aborted) this.options.warn(`health checks of ${this.options.address} have ended: ${String(error)}`);
        });
    }

    /** Takes no new requests and waits until those under way have ended, up to the group's deregistration delay; then deregisters. */
    async drain(openConnections: () => number): Promise<void> {
        await this.endChecks();
        await this.tell(draining);
        const begun = Date.now();
        const longest = toLocalTime(this.options.targetGroup().deregistrationDelay, this.options.scale);
        const isIdle = (): boolean => openConnections() === 0 && Date.now() - begun >= shortestDrainInMs;
        while (Date.now() - begun < longest && !isIdle() && (await pause(drainPauseInMs, this.options.signal)));
        await this.deregister();
    }

    /** Deregisters at once. */
    async deregister(): Promise<void> {
        await this.endChecks();
        const { control, address, port, signal } = this.options;
        const targetGroup = this.options.targetGroup();
        await unlessGone(reliably(() => control.removeTargets(targetGroup, targetGroup.arn, [{ id: address, port }]), signal));
    }

    private async endChecks(): Promise<void> {
        this.checks.abort();
        await this.checking;
    }

    private async checkOn(): Promise<void> {
        const { targetGroup, address, port, scale, onChange } = this.options;
        const signal = AbortSignal.any([this.checks.signal, this.options.signal]);
        do {
            const check = targetGroup().healthCheck;
            const timeoutInMs = Math.max(toLocalTime(check.timeout, scale), shortestTimeoutInMs);
            const target = { address, port: check.port === "traffic-port" ? port : Number(check.port), path: check.path, timeoutInMs };
            const result = await probe(target, signal);
            if (signal.aborted) return;
            const before = this.health;
            this.health = afterProbe(before, result, check);
            if (before.state !== this.health.state || before.description !== this.health.description) {
                await this.tell(this.health);
                onChange();
            }
        } while (await pause(toLocalTime(targetGroup().healthCheck.interval, scale), signal));
    }

    private async tell({ state, reason, description }: TargetHealth): Promise<void> {
        const { control, address, port, signal } = this.options;
        const targetGroup = this.options.targetGroup();
        const report = {
            id: address,
            port,
            state,
            ...(reason !== undefined && { reason }),
            ...(description !== undefined && { description }),
        };
        await unlessGone(reliably(() => control.putTargets(targetGroup, targetGroup.arn, [report]), signal));
    }
}
