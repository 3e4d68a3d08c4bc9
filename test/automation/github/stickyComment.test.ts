import assert from "node:assert/strict";
import { openGitHub, type GitHub } from "../../../automation/github/client";
import { stick, type StickyComment } from "../../../automation/github/stickyComment";
import { FakeGitHub } from "../../support/github";

const marker = "<!-- understudy:feature-1a2b3c4d -->";

describe("the one comment of an environment", () => {
    let fake: FakeGitHub;
    before(async () => {
        fake = await FakeGitHub.start();
    });
    after(() => fake[Symbol.asyncDispose]());
    beforeEach(() => {
        fake.clear();
        fake.pull(12, "feature");
    });

    async function open(token = fake.token): Promise<GitHub> {
        return openGitHub({ env: { ...fake.env, GITHUB_TOKEN: token }, emit: () => undefined, signal: undefined }, fake.repository, { firstPause: 0.01 });
    }

    function about(text: string, more: Partial<StickyComment> = {}): StickyComment {
        return { pullRequest: 12, marker, body: `${marker}\n${text}`, create: true, ...more };
    }

    /** Texts of all comments that have the marker. */
    function stuck(): readonly string[] {
        return fake.comments.filter(({ body }) => body.startsWith(marker)).map(({ body }) => body.slice(marker.length + 1));
    }

    it("is made once, then changed, and left alone when it says the same already", async () => {
        const github = await open();
        const other = fake.comment(12, "hello");
        assert.deepEqual([await stick(github, about("one")), await stick(github, about("two")), await stick(github, about("two"))], ["created", "updated", "unchanged"]);
        assert.deepEqual(stuck(), ["two"]);
        assert.equal(other.body, "hello");
    });

    it("is found behind hundreds of others", async () => {
        const github = await open();
        for (let index = 0; index < 150; index += 1) fake.comment(12, "before");
        await stick(github, about("one"));
        for (let index = 0; index < 150; index += 1) fake.comment(12, "after");
        assert.equal(await stick(github, about("two")), "updated");
        assert.deepEqual(stuck(), ["two"]);
    });

    it("is not made where none is wanted", async () => {
        const github = await open();
        assert.equal(await stick(github, about("gone", { create: false })), "none");
        assert.deepEqual(stuck(), []);
        await stick(github, about("one"));
        assert.equal(await stick(github, about("gone", { create: false })), "updated");
        assert.deepEqual(stuck(), ["gone"]);
    });

    it("is no comment of somebody who has written the marker, nor one that quotes it", async () => {
        const forged = fake.comment(12, `${marker}\nforged`);
        const quoting = fake.comment(12, `> ${marker}\n> quoted`, { login: "github-actions[bot]", type: "Bot" });
        const longer = fake.comment(12, `${marker.slice(0, -4)}e -->\nof another`, { login: "github-actions[bot]", type: "Bot" });
        assert.equal(await stick(await open(), about("true")), "created");
        assert.deepEqual(fake.comments.map(({ body }) => body), [forged.body, quoting.body, longer.body, `${marker}\ntrue`]);
        assert.match(forged.body, /forged$/);
    });

    it("is one's own with a token of a person too", async () => {
        fake.comment(12, `${marker}\nof bob`, { login: "bob", type: "User" });
        const ada = await open("ghp_ada");
        assert.deepEqual([await stick(ada, about("one")), await stick(ada, about("two"))], ["created", "updated"]);
        assert.deepEqual(stuck(), ["of bob", "two"]);
    });

    for (const callers of [2, 6]) {
        it(`is one when ${callers} make it at once`, async () => {
            const github = await open();
            // All have looked before the first one writes.
            fake.faults.push({ on: /^GET .*\/issues\/12\/comments$/, delay: 100, times: callers });
            const told = await Promise.all(Array.from({ length: callers }, (_, index) => stick(github, about(`of ${index}`))));
            assert.equal(fake.requests.filter((request) => request.startsWith("POST")).length, callers);
            assert.equal(stuck().length, 1);
            assert.match(stuck()[0]!, /^of \d$/);
            assert.ok(told.every((one) => one === "created" || one === "updated"), told.join());
        });
    }

    it("takes away the younger one that somebody who was killed has left", async () => {
        const user = { login: "github-actions[bot]", type: "Bot" } as const;
        for (const text of ["one", "two", "three"]) fake.comment(12, `${marker}\n${text}`, user);
        assert.equal(await stick(await open(), about("new")), "updated");
        assert.deepEqual(stuck(), ["new"]);
    });

    it("is one although the answer to its creation got lost", async () => {
        fake.faults.push({ on: /^POST /, status: 502, late: true });
        assert.ok(["created", "updated"].includes(await stick(await open(), about("one"))));
        assert.equal(fake.requests.filter((request) => request.startsWith("POST")).length, 2);
        assert.deepEqual(stuck(), ["one"]);
    });

    it("is made again when somebody removes it meanwhile", async () => {
        const github = await open();
        await stick(github, about("one"));
        fake.faults.push({ on: /^PATCH /, status: 404, body: { message: "Not Found" } });
        fake.comments[0]!.body = `${marker}\nother`;
        assert.equal(await stick(github, about("two")), "updated");
        assert.deepEqual(stuck(), ["two"]);
    });

    it("is not made for ever against somebody who removes it each time", async () => {
        const github = await open();
        await stick(github, about("one"));
        fake.faults.push({ on: /^PATCH /, status: 404, body: { message: "Not Found" }, times: 99 });
        await assert.rejects(stick(github, about("two")), { kind: "network", message: "the comment on pull request 12 is removed as often as it is made" });
    });

    it("needs a permission, which is named", async () => {
        fake.permissions = { "pull-requests": "read" };
        const advice = "add `pull-requests: write` to the `permissions:` of the job";
        await assert.rejects(stick(await open(), about("one")), { kind: "credentials", message: "could not comment on pull request 12: the token may not do this (Resource not accessible by integration)", advice });
    });

    it("fails where there is no such pull request", async () => {
        await assert.rejects(stick(await open(), about("one", { pullRequest: 99 })), { kind: "not-found", message: "could not comment on pull request 99: there is none (Not Found)" });
    });
});
