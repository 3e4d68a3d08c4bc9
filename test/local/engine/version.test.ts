import assert from "node:assert/strict";
import { isSuitable, versionIn } from "../../../local/engine/version";

describe("engine version", () => {
    const printed: readonly (readonly [string, string | undefined])[] = [
        ["v3.225.0\n", "3.225.0"],
        ["3.248.1", "3.248.1"],
        ["v3.230.0-alpha.1+dirty\n", "3.230.0"],
        ["warning: a new version is available\nv3.226.0\n", "3.226.0"],
        ["", undefined],
        ["v3.225", undefined],
        ["command not found", undefined],
    ];
    for (const [text, version] of printed) {
        it(`reads ${JSON.stringify(text)} as ${version ?? "nothing"}`, () => assert.equal(versionIn(text), version));
    }

    const suitable: readonly (readonly [string, boolean])[] = [
        ["3.224.9", false],
        ["3.225.0", true],
        ["3.225.1", true],
        ["3.1000.0", true],
        ["3.30.0", false],
        ["2.999.0", false],
        ["4.0.0", false],
    ];
    for (const [version, yes] of suitable) {
        it(`${yes ? "takes" : "does not take"} ${version}`, () => assert.equal(isSuitable(version), yes));
    }
});
