import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { orphanKinds } from "../../automation/state/orphans/kinds";

interface Resource {
    readonly urn: string;
    readonly type: string;
    readonly custom?: boolean;
    readonly dependencies?: readonly string[];
}

const states = path.join(__dirname, "../engine/states/0.2.0");
const order = [...orphanKinds.keys()];

describe("what interrupted creations may have made", () => {
    for (const file of readdirSync(states)) {
        const { deployment } = JSON.parse(readFileSync(path.join(states, file), "utf8")) as { readonly deployment: { readonly resources: readonly Resource[] } };
        const { resources } = deployment;
        const ofAws = resources.filter(({ type, custom }) => custom === true && type.startsWith("aws:"));
        const types = new Map(ofAws.map(({ urn, type }) => [urn, type]));

        it(`can be looked up, whatever ${path.parse(file).name} is made of`, () => {
            assert.ok(ofAws.length > 0);
            assert.deepEqual([...new Set(types.values())].filter((type) => !orphanKinds.has(type)), []);
        });

        it(`is removed before what it uses, in ${path.parse(file).name}`, () => {
            const uses = ofAws.flatMap(({ type, dependencies = [] }) => dependencies.flatMap((urn) => types.get(urn) ?? []).map((used) => [type, used] as const));
            const backwards = uses.filter(([user, used]) => user !== used && order.indexOf(user) > order.indexOf(used));
            assert.ok(uses.length > 0);
            assert.deepEqual(backwards, []);
        });
    }
});
