import assert from "node:assert/strict";
import { shardsThatGo } from "../../automation/shards";
import type { BaseSettings } from "../../model/settings";
import { contract } from "../stacks/fixtures";

const published = (further: number): { readonly outputs: Readonly<Record<string, unknown>> } => ({
    outputs: { contract: { ...contract, ingress: { ...contract.ingress, furtherShards: Array.from({ length: further }, () => ({})) } } },
});
const own = (shards: number): BaseSettings["ingress"] => ({ kind: "own", shards });
const existing = { kind: "existing", listenerArn: "arn:listener", securityGroupId: "sg-1", priorities: [1, 999] } as const;

describe("the load balancers that a deployment removes", () => {
    for (const { what, state, ingress, gone } of [
        { what: "none where there are as many", state: published(2), ingress: own(3), gone: [] },
        { what: "none where there will be more", state: published(0), ingress: own(3), gone: [] },
        { what: "the last ones where there will be fewer", state: published(3), ingress: own(2), gone: [2, 3] },
        { what: "all but the first where a listener is borrowed instead", state: published(2), ingress: existing, gone: [1, 2] },
        { what: "none of a base that was never there", state: undefined, ingress: own(1), gone: [] },
        { what: "none of one that was never complete", state: { outputs: {} }, ingress: own(1), gone: [] },
        { what: "none of an older one, which had no others", state: { outputs: { contract: { version: 1, ingress: { listenerArn: "x" } } } }, ingress: own(1), gone: [] },
    ]) {
        it(`are ${what}`, () => assert.deepEqual(shardsThatGo(state, { ingress }), gone));
    }
});
