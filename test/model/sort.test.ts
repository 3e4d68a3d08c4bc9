import fc from "fast-check";
import assert from "node:assert/strict";
import { mergedEntries, sortedEntries, sortedKeys } from "../../model/sort";

describe("entries in the order of their names", () => {
    it("are what both records have, and the second one counts", () => {
        const record = fc.dictionary(fc.string({ maxLength: 2 }), fc.string({ maxLength: 1 }), { noNullPrototype: true });
        fc.assert(
            fc.property(record, record, (one, other) => {
                const merged = mergedEntries(sortedEntries(Object.entries(one)), sortedEntries(Object.entries(other)));
                assert.deepEqual(Object.fromEntries(merged), sortedKeys({ ...one, ...other }));
                assert.deepEqual(merged.map(([name]) => name), merged.map(([name]) => name).toSorted());
            }),
        );
    });
});
