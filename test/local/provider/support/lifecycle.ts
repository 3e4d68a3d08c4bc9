import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { resourceTypes } from "../../../../local/provider/resources";
import type { Props } from "../../../../local/provider/values";
import type { Stored } from "./engine";
import { testWorld, type Network } from "./world";

/** One resource type, and what a test needs to know of it. */
export interface TypeCase<N = Network> {
    readonly token: string;
    /** What must be there first. Default: the shared network. */
    readonly needs?: () => Promise<N>;
    /** Inputs it is made with. */
    readonly given: (needs: N) => Props;
    /** Inputs to which it is then updated in place; absent: it has nothing to update. */
    readonly updated?: (needs: N) => Props;
    /** Outputs that a preview of the update cannot know. */
    readonly unknownInUpdate?: readonly string[];
    /** Arguments that could be updated, and that this test leaves as they are. */
    readonly unchanged?: readonly string[];
    /** For each argument that asks for a new one, another value of it. */
    readonly replacing: (needs: N) => Props;
    /** By which id it is imported. Default: its own. */
    readonly importId?: (stored: Stored) => string;
    /** Arguments that an import cannot know. */
    readonly lostInImport?: readonly string[];
    /** False for what is a setting of another resource: removing it leaves the default there. */
    readonly leavesNoTrace?: boolean;
}

/** Proves that a type is made, read, updated, replaced, imported and removed as the engine expects it of the real provider. */
export function testLifecycle<N = Network>(test: TypeCase<N>): void {
    const name = `t${test.token.replaceAll(/[^a-zA-Z]/g, "").slice(-12)}`;
    let needs: N;
    let stored: Stored;

    describe(test.token, () => {
        before(async () => {
            const world = await testWorld();
            needs = await (test.needs ?? (world.network as unknown as () => Promise<N>))();
        });

        it("is made, and reads back the same", async () => {
            const { engine } = await testWorld();
            stored = await engine.create(test.token, name, test.given(needs));
            assert.deepEqual(await engine.refresh(stored), stored);
            assert.deepEqual(await engine.diff(stored, stored.inputs), { changes: {}, replaces: [], deleteBeforeReplace: false });
        });

        it("says what a preview knows of it", async () => {
            const { engine } = await testWorld();
            const preview = await engine.previewCreate(test.token, name, test.given(needs));
            const outputs = resourceTypes.get(test.token)?.outputs ?? [];
            assert.deepEqual(
                outputs.filter((output) => typeof preview[output] !== "symbol"),
                [],
            );
            const { changes } = await engine.diff({ ...stored, inputs: picked(preview, Object.keys(stored.inputs)) }, stored.inputs);
            assert.deepEqual(changes, {});
        });

        it("is imported by its id", async () => {
            const { engine } = await testWorld();
            const imported = await engine.importResource(test.token, name, test.importId?.(stored) ?? stored.id);
            assert.ok(imported !== undefined);
            assert.equal(imported.id, stored.id);
            const { changes } = await engine.diff(imported, stored.inputs);
            assert.deepEqual(Object.keys(changes), [...(test.lostInImport ?? [])]);
        });

        it("takes every update in place, and reads back the same", async function () {
            const { updated } = test;
            if (updated === undefined) {
                assert.deepEqual(updatable(test.token), []);
                return;
            }
            const { engine } = await testWorld();
            const wanted = updated(needs);
            const { inputs } = await engine.check(stored.urn, wanted, stored.inputs);
            const diff = await engine.diff(stored, inputs);
            assert.deepEqual(diff.replaces, []);
            const changed = topLevel(Object.keys(diff.changes)).filter((argument) => argument !== "tagsAll");
            assert.deepEqual(changed, updatable(test.token), "every argument that can be updated is updated");
            const preview = (await engine.update(stored, wanted, true)).outputs;
            stored = await engine.update(stored, wanted);
            assert.deepEqual(differing(picked(preview, Object.keys(stored.outputs)), stored.outputs), test.unknownInUpdate ?? []);
            assert.deepEqual(await engine.refresh(stored), stored);
            assert.deepEqual(picked(stored.outputs, Object.keys(wanted)), { ...wanted });
        });

        it("asks for a new one exactly when it must", async () => {
            const { engine } = await testWorld();
            const values = test.replacing(needs);
            assert.deepEqual(Object.keys(values).sort(), replaced(test.token));
            for (const [argument, value] of Object.entries(values)) {
                const diff = await engine.diff(stored, { ...stored.inputs, [argument]: value });
                assert.deepEqual(topLevel(diff.replaces), [argument]);
            }
        });

        it("is removed, and removing it again is no error", async () => {
            const { engine } = await testWorld();
            await engine.delete(stored);
            if (test.leavesNoTrace !== false) assert.equal(await engine.refresh(stored), undefined);
            await engine.delete(stored);
        });

        it("says that it is gone when it should be updated", async () => {
            const { engine } = await testWorld();
            if (test.updated === undefined || test.leavesNoTrace === false) return;
            await assert.rejects(engine.update(stored, test.given(needs)), /somebody else removed it: run pulumi refresh$/);
        });
    });

    /** Arguments that an update can change: all but those that ask for a new one, always or when the test does not change them. */
    function updatable(token: string): readonly string[] {
        const { arguments: args = {} } = resourceTypes.get(token) ?? {};
        const [from, to] = [test.given(needs), test.updated?.(needs) ?? {}];
        return Object.entries(args)
            .filter(([name]) => name !== "tagsAll" && !(test.unchanged ?? []).includes(name))
            .flatMap(([name, { rules }]) =>
                rules.replaces === undefined || (rules.replaces !== true && from[name] !== to[name]) ? [name] : [],
            )
            .sort();
    }

    /** Arguments whose change always asks for a new one. */
    function replaced(token: string): readonly string[] {
        const { arguments: args = {} } = resourceTypes.get(token) ?? {};
        return Object.entries(args)
            .flatMap(([argument, { rules }]) => (rules.replaces === true && argument !== "region" ? [argument] : []))
            .sort();
    }
}

/** Names of the arguments that the paths lead to. */
function topLevel(paths: readonly string[]): readonly string[] {
    return [...new Set(paths.map((path) => path.split(/[.[]/, 1).join("")))].sort();
}

/** Names of the properties that are not the same. */
function differing(one: Props, other: Props): readonly string[] {
    return Object.keys(other).filter((name) => !isDeepStrictEqual(one[name], other[name]));
}

function picked(props: Props, names: readonly string[]): Props {
    return Object.fromEntries(names.map((name) => [name, props[name]]));
}
