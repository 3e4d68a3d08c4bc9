import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { Registered } from "../support/registered";

/**
 * Compares the URNs of a stack with the list that is kept for its kind: whoever moves one sees it in review, next to the alias that makes
 * it harmless. `UPDATE_IDENTITY=1` writes the lists anew.
 */
export function assertIdentity(kind: string, resources: readonly Registered[]): void {
    const file = path.join(__dirname, "identity", `${kind}.txt`);
    const urns = `${resources.map(({ urn }) => urn).join("\n")}\n`;
    if (process.env.UPDATE_IDENTITY === "1") fs.writeFileSync(file, urns);
    assert.equal(urns, fs.readFileSync(file, "utf8"), `identities moved; rewrite ${path.basename(file)} with UPDATE_IDENTITY=1 if that is meant`);
}
