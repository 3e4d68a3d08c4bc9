import type { BaseSettings } from "../model/settings";
import { contractOutput } from "../stacks/contract";
import type { StackState } from "./state/stackState";

/**
 * The load balancers of a base that a deployment with these settings would remove, by their places. AWS removes all rules of a listener with
 * it, whoever made them, and the program cannot know whom they serve: before such a deployment no branch may be on one of these.
 */
export function shardsThatGo(state: Pick<StackState, "outputs"> | undefined, { ingress }: Pick<BaseSettings, "ingress">): readonly number[] {
    const contract = state?.outputs[contractOutput] as { readonly ingress?: { readonly furtherShards?: unknown } } | undefined;
    const further = contract?.ingress?.furtherShards;
    const published = Array.isArray(further) ? further.length + 1 : 1;
    const wanted = ingress.kind === "own" ? ingress.shards : 1;
    return Array.from({ length: published }, (_, shard) => shard).slice(wanted);
}
