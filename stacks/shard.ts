import type { Problem } from "../model/problem";
import type { BranchSettings } from "../model/settings";
import type { Contract } from "./contract";
import { settingsProblem } from "./refuse";
import type { Run } from "./services";

/** The load balancer that serves a branch, as far as its base has it. */
export interface ChosenShard extends Pick<Run, "furtherShard"> {
    /** The base's ingress with the listener of that load balancer. */
    readonly ingress: Contract["ingress"];
    readonly problems: readonly Problem[];
}

/** Finds the shard of the branch's settings among its base's. */
export function placeOnShard({ shard, base }: Pick<BranchSettings, "shard" | "base">, { ingress }: Pick<Contract, "ingress">): ChosenShard {
    if (shard === 0) return { ingress, problems: [] };
    const further = ingress.furtherShards[shard - 1];
    if (further === undefined) return { ingress, problems: [missingShard(shard, base, ingress.furtherShards.length)] };
    const { listenerArn, floorRuleArn, balancer, zoneId } = further;
    return { ingress: { ...ingress, listenerArn, floorRuleArn }, furtherShard: { index: shard, alias: { balancer, zoneId } }, problems: [] };
}

function missingShard(shard: number, base: string, last: number): Problem {
    const has = last === 0 ? "one load balancer, shard 0" : `load balancers 0 to ${last}`;
    return settingsProblem("shard", `${base} has ${has}; run \`understudy branch up\`, which chooses one that is there, or raise understudy:ingress.shards of Pulumi.${base}.yaml and update ${base}`, String(shard));
}
