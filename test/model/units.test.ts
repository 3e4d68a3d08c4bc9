import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesToMebibytes, megabytes, parseDuration, parseSize } from "../../model/units";

const durations: readonly (readonly [text: string, seconds: number | undefined])[] = [
    ["30s", 30],
    ["1m30s", 90],
    ["1h1m1s", 3661],
    ["1.5s", 1.5],
    ["500ms", 0.5],
    ["250us", 0.00025],
    ["0", 0],
    ["0s", 0],
    ["10", undefined],
    ["s", undefined],
    ["1 m", undefined],
    ["+.5s", 0.5],
    ["1.m", 60],
    ["1w2d", 777600],
    [".s", undefined],
    ["1y", undefined],
    ["-5s", undefined],
    ["", undefined],
];

const sizes: readonly (readonly [text: string, bytes: number | undefined])[] = [
    ["1024", 1024],
    ["64b", 64],
    ["1k", 1024],
    ["512m", 536870912],
    ["512MB", 536870912],
    ["512 MiB", 536870912],
    ["1.5gb", 1610612736],
    ["2G", 2147483648],
    [".5k", 512],
    ["1.g", 1073741824],
    ["1ki", undefined],
    ["1x", undefined],
    ["m", undefined],
    ["-1m", undefined],
    ["", undefined],
];

describe("a duration", () => {
    for (const [text, seconds] of durations)
        it(`${JSON.stringify(text)} is ${String(seconds)} seconds`, () => assert.equal(parseDuration(text), seconds));

    it("of whole hours, minutes and seconds is exact", () => {
        fc.assert(
            fc.property(fc.nat(100), fc.nat(59), fc.nat(59), (h, m, s) => {
                assert.equal(parseDuration(`${h}h${m}m${s}s`), h * 3600 + m * 60 + s);
            }),
        );
    });
});

describe("a size", () => {
    for (const [text, bytes] of sizes) it(`${JSON.stringify(text)} is ${String(bytes)} bytes`, () => assert.equal(parseSize(text), bytes));

    it("is rounded up to MiB", () => {
        assert.deepEqual([1, 1048576, 1048577].map(bytesToMebibytes), [1, 1, 2]);
    });

    it("is told in megabytes", () => {
        assert.deepEqual([0, 49_999, 50_000, 12_345_678].map(megabytes), ["0.0 MB", "0.0 MB", "0.1 MB", "12.3 MB"]);
    });
});
