import assert from "node:assert/strict";
import fc from "fast-check";
import { branchNameProblem } from "../../model/branchName";
import { questionableBranchName, validBranchName } from "./branchNames";
import { gitTakesBranch } from "./git";

const refused: readonly (readonly [name: string, reason: string])[] = [
    ["", "must not be empty"],
    ["HEAD", "must not be HEAD"],
    ["-x", "must not begin with a hyphen"],
    ["a\tb", "must not contain control characters"],
    ["a\u007f", "must not contain control characters"],
    ["a b", "must not contain spaces"],
    ["a~1", "must not contain any of ~ ^ : ? * [ \\"],
    ["a\\b", "must not contain any of ~ ^ : ? * [ \\"],
    ["a..b", 'must not contain ".."'],
    ["a@{b", 'must not contain "@{"'],
    ["@{-1}", 'must not contain "@{"'],
    ["/a", "must not begin or end with a slash"],
    ["a/", "must not begin or end with a slash"],
    ["a//b", "must not contain two slashes in a row"],
    ["a.", "must not end with a dot"],
    [".a", "must not have a part that begins with a dot"],
    ["a/.b", "must not have a part that begins with a dot"],
    ["a.lock", 'must not have a part that ends with ".lock"'],
    ["a.lock/b", 'must not have a part that ends with ".lock"'],
];

describe("a branch name", () => {
    for (const [name, reason] of refused) {
        it(`fails on ${JSON.stringify(name)}`, () => {
            assert.equal(branchNameProblem(name), `a branch name ${reason}`);
            assert.equal(gitTakesBranch(name), false);
        });
    }

    for (const name of ["main", "feature/search", "@", "a@", "refs/heads/x", "a.LOCK", "head", "x-", "{", "日本語", "🎉"]) {
        it(`may be ${name}`, () => {
            assert.equal(branchNameProblem(name), undefined);
            assert.equal(gitTakesBranch(name), true);
        });
    }

    it("is refused exactly when git refuses it", () => {
        fc.assert(
            fc.property(questionableBranchName, (name) => assert.equal(branchNameProblem(name) === undefined, gitTakesBranch(name))),
            { numRuns: 250 },
        );
    }).slow(5000);

    it("is taken in any script and length that git takes", () => {
        fc.assert(
            fc.property(validBranchName, (name) => {
                assert.equal(gitTakesBranch(name), true);
                assert.equal(branchNameProblem(name), undefined);
            }),
            { numRuns: 150 },
        );
    }).slow(5000);
});
