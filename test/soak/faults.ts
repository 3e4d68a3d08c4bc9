import { ControlClient } from "../../local/emulator/control";
import type { FaultRule } from "../../local/emulator/views";
import type { Stage } from "../engine/stage";
import type { Random } from "./random";

/** Services by how they say that they are called too often. */
const throttled = [
    ["ecs", "ThrottlingException"],
    ["logs", "ThrottlingException"],
    ["ssm", "ThrottlingException"],
    ["ecr", "ThrottlingException"],
    ["servicediscovery", "RequestLimitExceeded"],
    ["iam", "Throttling"],
    ["sts", "Throttling"],
    ["elasticloadbalancing", "Throttling"],
] as const;

/** Every third operation meets a service that refuses some calls because there are too many. */
const rate = 1 / 3;

/** Plans the throttling that the next operation meets; what an earlier one has not met yet stays. */
export async function throttle(stage: Stage, random: Random): Promise<void> {
    const [meets, [service, code], times] = [random.next() < rate, random.pick(throttled), random.whole(1, 5)];
    if (!meets) return;
    const control = new ControlClient(stage.world.endpoint);
    const rule: FaultRule = { service, times, error: { code, message: "Rate exceeded", status: 400 } };
    await control.setFaults([...(await control.faults()), rule]);
}

export async function endFaults(stage: Stage): Promise<void> {
    await new ControlClient(stage.world.endpoint).setFaults([]);
}
