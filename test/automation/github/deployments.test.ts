import assert from "node:assert/strict";
import { openGitHub, type GitHub } from "../../../automation/github/client";
import { recordDeployment, type DeploymentRecord } from "../../../automation/github/deployments";
import { FakeGitHub } from "../../support/github";

const environment = "branch/feature-1a2b3c4d";
const [first, second, third] = ["1", "2", "3"].map((digit) => digit.repeat(40)) as [string, string, string];

describe("the deployments of an environment", () => {
    let fake: FakeGitHub;
    let github: GitHub;
    before(async () => {
        fake = await FakeGitHub.start();
        github = await openGitHub({ env: fake.env, emit: () => undefined, signal: undefined }, fake.repository, { firstPause: 0.01 });
    });
    after(() => fake[Symbol.asyncDispose]());
    beforeEach(() => fake.clear());

    async function record(state: DeploymentRecord["state"], commit?: string, more: Partial<DeploymentRecord> = {}): Promise<string> {
        return recordDeployment(github, { environment, state, description: state, ...(commit !== undefined && { commit }), ...more });
    }

    it("are one per commit, with its states one after the other", async () => {
        const told = [await record("queued", first), await record("in_progress", first), await record("success", first, { url: "https://x.staging.example.com", log: "https://github.example.com/runs/1" })];
        assert.deepEqual(told, ["queued", "in_progress", "success"]);
        const [deployment, ...others] = fake.deployments;
        assert.deepEqual([others, deployment?.transient_environment, deployment?.production_environment], [[], true, false]);
        assert.deepEqual(deployment?.statuses.at(-1), { state: "success", description: "success", environment_url: "https://x.staging.example.com", log_url: "https://github.example.com/runs/1" });
    });

    it("are inactive once a newer one is a success, which GitHub does not do for transient ones", async () => {
        for (const commit of [first, second]) await record("success", commit);
        assert.deepEqual(fake.states(environment), [[first, "inactive"], [second, "success"]]);
        await record("in_progress", third);
        await record("failure", third);
        assert.deepEqual(fake.states(environment), [[first, "inactive"], [second, "success"], [third, "failure"]]);
        await record("success", third);
        assert.deepEqual(fake.states(environment), [[first, "inactive"], [second, "inactive"], [third, "success"]]);
    });

    it("begin anew with a commit that comes back", async () => {
        for (const commit of [first, second, first]) await record("success", commit);
        assert.deepEqual(fake.states(environment), [[first, "inactive"], [second, "inactive"], [first, "success"]]);
        assert.equal(await record("inactive"), "inactive");
        assert.deepEqual(fake.states(environment).map(([, state]) => state), ["inactive", "inactive", "inactive"]);
    });

    it("are all inactive when the environment is gone, also those that a stopped report has left", async () => {
        for (const commit of [first, second, third]) await record("success", commit);
        for (const deployment of fake.deployments.slice(1)) deployment.statuses.push({ ...deployment.statuses[0]!, state: "success" });
        fake.faults.push({ on: new RegExp(`^POST .*/${fake.deployments[1]!.id}/statuses$`), status: 422, body: { message: "stopped" } });
        await assert.rejects(record("inactive"));
        assert.equal(await record("inactive"), "inactive");
        assert.deepEqual(fake.states(environment).map(([, state]) => state), ["inactive", "inactive", "inactive"]);
    });

    it("of other environments stay as they are", async () => {
        await record("success", first, { environment: "branch/other-1a2b3c4d" });
        await record("success", second);
        await record("inactive");
        assert.deepEqual(fake.states("branch/other-1a2b3c4d"), [[first, "success"]]);
    });

    it("do not begin with a removal, or without a commit", async () => {
        assert.deepEqual([await record("inactive", first), await record("success")], ["none", "none"]);
        assert.deepEqual(fake.deployments, []);
    });

    it("are not recorded for a commit that GitHub does not have", async () => {
        fake.commits.add(first);
        assert.equal(await record("success", second), "none");
        assert.equal(await record("success", first), "success");
    });

    it("have descriptions as long as GitHub takes them", async () => {
        await record("failure", first, { description: "ü🚀".repeat(200) });
        assert.equal(Array.from(fake.deployments[0]?.statuses[0]?.description ?? "").length, 140);
    });

    it("are found behind a hundred others", async () => {
        for (let index = 0; index < 120; index += 1) await record("success", String(index).padStart(40, "0"));
        assert.deepEqual(fake.states(environment).filter(([, state]) => state !== "inactive"), [["119".padStart(40, "0"), "success"]]);
        const before = fake.requests.length;
        await record("success", first);
        assert.ok(fake.requests.length - before < 10, "an update asks for every old deployment");
    });

    it("need a permission, which is named", async () => {
        fake.permissions = { deployments: "read" };
        await assert.rejects(record("success", first), { kind: "credentials", advice: "add `deployments: write` to the `permissions:` of the job" });
    });
});
