import assert from "node:assert/strict";
import fc from "fast-check";
import { formatReleaseRecord, isSame, neededDigests, parseReleaseRecord, proven, takenBack, tried, withSpotAgain, type Release, type ReleaseRecord } from "../../model/releaseRecord";

const a: Release = { web: "sha256:1" };
const b: Release = { web: "sha256:2" };
const c: Release = { web: "sha256:3" };
const none: Release = {};

describe("the record of a release", () => {
    const rows: readonly { readonly what: string; readonly got: ReleaseRecord; readonly expected: ReleaseRecord }[] = [
        { what: "begins with a release that has none to go back to", got: tried(undefined, a), expected: { images: a, former: none } },
        { what: "of a first release that comes up has none before it", got: proven({ images: a, former: none }, a), expected: { images: a } },
        { what: "keeps a first release that fails, since nothing else could run", got: takenBack({ images: a, former: none }, a), expected: { images: a, former: none } },
        { what: "after a first release that failed has still none to go back to", got: tried({ images: a, former: none }, b), expected: { images: b, former: none } },
        { what: "names the new release, and the one to go back to", got: tried({ images: a }, b), expected: { images: b, former: a } },
        { what: "remembers meanwhile what was up before", got: tried({ images: b, previous: a }, c), expected: { images: c, former: b, previous: a } },
        { what: "of a release that comes up remembers the one before", got: proven({ images: c, former: b, previous: a }, c), expected: { images: c, previous: b } },
        { what: "of one that fails is as it was", got: takenBack({ images: c, former: b, previous: a }, c), expected: { images: b, previous: a } },
        { what: "goes on with one whose trial was stopped", got: tried({ images: b, former: a }, b), expected: { images: b, former: a } },
        { what: "passes over one whose trial was stopped", got: tried({ images: b, former: a }, c), expected: { images: c, former: a } },
        { what: "goes back by hand from one whose trial was stopped", got: tried({ images: b, former: a, previous: c }, a), expected: { images: a, previous: c } },
        { what: "does not change for the same release", got: tried({ images: a, previous: b }, a), expected: { images: a, previous: b } },
        { what: "does not change for the same release that comes up again", got: proven({ images: a, previous: b }, a), expected: { images: a, previous: b } },
        { what: "does not change for a failure that is not the release's", got: takenBack({ images: a, previous: b }, a), expected: { images: a, previous: b } },
        { what: "is left to who has begun another trial since", got: takenBack({ images: c, former: a }, b), expected: { images: c, former: a } },
        { what: "is the release that is up, although somebody else has taken it back", got: proven({ images: a, previous: c }, b), expected: { images: b, previous: a } },
        { what: "has something newer to go back to when one that was overtaken comes up", got: proven({ images: c, former: a }, b), expected: { images: c, former: b, previous: a } },
        { what: "has no empty release to go back to after two that overlapped", got: proven({ images: c, former: none }, b), expected: { images: c, former: b } },
    ];
    for (const { what, got, expected } of rows) it(what, () => assert.deepEqual(got, expected));

    it("says that its tasks run on demand through every deployment, until one a day later", () => {
        const onDemand = "2026-11-21T10:00:00.000Z";
        for (const next of [tried({ images: a, onDemand }, b), proven({ images: b, former: a, onDemand }, b), takenBack({ images: b, former: a, onDemand }, b), tried({ images: b, former: a, onDemand }, a)]) {
            assert.equal(next.onDemand, onDemand);
        }
        assert.deepEqual(withSpotAgain({ images: a, onDemand }, new Date("2026-11-22T09:59:59.999Z")), { images: a, onDemand });
        assert.deepEqual(withSpotAgain({ images: a, onDemand }, new Date("2026-11-22T10:00:00.000Z")), { images: a });
        assert.deepEqual(withSpotAgain({ images: a }, new Date()), { images: a });
    });

    it("needs every digest that it names, by image and once", () => {
        const record = { images: { web: "sha256:1", api: "sha256:9" }, former: { web: "sha256:2" }, previous: { web: "sha256:1", old: "sha256:5" } };
        assert.deepEqual(neededDigests(record), { web: ["sha256:1", "sha256:2"], api: ["sha256:9"], old: ["sha256:5"] });
    });

    it("of version 0.1.0 is a release that came up", () => {
        assert.deepEqual(parseReleaseRecord('{"web":"sha256:1","images":"sha256:2"}'), { images: { web: "sha256:1", images: "sha256:2" } });
    });

    for (const text of ["", "latest", "null", "[]", "1", '{"web":1}', '{"images":{"web":1}}', '{"images":[],"former":{}}', '{"images":{},"former":"x"}', '{"former":{}}']) {
        it(`is not ${text || "nothing"}`, () => assert.equal(parseReleaseRecord(text), undefined));
    }

    const release = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string(), { noNullPrototype: true });
    const optional = fc.option(release, { nil: undefined });
    const onDemand = fc.option(fc.string(), { nil: undefined });
    const record = fc.record({ images: release, former: optional, previous: optional, onDemand }).map(({ images, former, previous, onDemand: since }): ReleaseRecord => ({
        images,
        ...(former && { former }),
        ...(previous && { previous }),
        ...(since !== undefined && { onDemand: since }),
    }));

    it("is read back as it was written", () => {
        fc.assert(fc.property(record, (written) => assert.deepEqual(parseReleaseRecord(formatReleaseRecord(written)), written)));
    });

    it("is the same text in whatever order the images are", () => {
        const turned = (part: Release): Release => Object.fromEntries(Object.entries(part).toReversed());
        fc.assert(fc.property(record, ({ images, ...rest }) => assert.equal(formatReleaseRecord({ images: turned(images), ...rest }), formatReleaseRecord({ images, ...rest }))));
    });

    /** Deployments one after the other, each of one of three releases, that come up, fail, or are stopped. */
    const ends = ["up", "failed", "stopped"] as const;
    const deployments = fc.array(fc.record({ images: fc.constantFrom(a, b, c), end: fc.constantFrom(...ends) }), { maxLength: 30 });

    it("after any deployments never names one that failed once another came up, and never forgets the one to go back to", () => {
        fc.assert(
            fc.property(deployments, (all) => {
                let now: ReleaseRecord | undefined;
                let last: Release | undefined; // that came up
                for (const { images, end } of all) {
                    now = tried(now, images);
                    if (last !== undefined) assert.ok([now.images, now.former].some((part) => part !== undefined && isSame(part, last!)), "the last one that came up is there while another is tried");
                    if (end === "up") [now, last] = [proven(now, images), images];
                    if (end === "failed") now = takenBack(now, images);
                    if (end === "up") assert.deepEqual([now.images, now.former], [images, undefined]);
                    if (end === "failed" && last !== undefined) assert.deepEqual([now.images, now.former], [last, undefined]);
                    if (end === "stopped") assert.deepEqual(now.images, images);
                }
            }),
        );
    });
});
