import assert from "node:assert/strict";
import { jobHasEnded } from "../../../automation/github/jobs";
import type { Owner } from "../../../automation/registry/owner";
import { FakeGitHub } from "../../support/github";

const lock = { host: "runner-7" };

describe("the end of a job", () => {
    let fake: FakeGitHub;
    before(async () => {
        fake = await FakeGitHub.start();
    });
    after(() => fake[Symbol.asyncDispose]());
    beforeEach(() => fake.clear());

    const owner = (more: Partial<Owner> = {}): Owner => ({ user: "ci", host: "runner-7", job: { service: "github", repository: fake.repository, run: "12", attempt: "1" }, ...more });
    const ended = (dead: Owner | undefined, env = fake.env): Promise<boolean> => jobHasEnded({ env, emit: () => undefined, signal: undefined }, dead, lock);

    it("proves that whoever had the lease and the lock is dead", async () => {
        fake.runs.push({ id: 12, status: "completed", run_attempt: 1 });
        assert.equal(await ended(owner()), true);
    });

    it("of an earlier attempt is proven by a later one", async () => {
        fake.runs.push({ id: 12, status: "in_progress", run_attempt: 2 });
        assert.equal(await ended(owner()), true);
    });

    it("is not there while the job runs, nor where GitHub does not know it", async () => {
        assert.equal(await ended(owner()), false);
        fake.runs.push({ id: 12, status: "in_progress", run_attempt: 1 });
        assert.equal(await ended(owner()), false);
    });

    it("is not asked for when it would prove nothing", async () => {
        fake.runs.push({ id: 12, status: "completed", run_attempt: 1 });
        const { job: _, ...byHand } = owner();
        assert.equal(await ended(undefined), false);
        assert.equal(await ended(byHand), false);
        assert.equal(await ended(owner({ host: "runner-8" })), false);
        assert.equal(await ended(owner(), { ...fake.env, GITHUB_TOKEN: "" }), false);
        assert.deepEqual(fake.requests, []);
    });
});
