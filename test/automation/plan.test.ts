import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { understudy } from "../../automation/index";
import { TemporaryProject } from "./support/temporaryProject";

const root = path.join(__dirname, "..", "..");

describe("a plan", function () {
    this.timeout(60_000);

    it("tells everything that the program would make for a branch, without engine, account or network", async () => {
        const api = understudy({ directory: root, surroundings: { env: { PATH: "" } } });
        const { stack, environment, resources, problems, warnings } = await api.plan({ branch: "feature/search" });
        assert.equal(stack, `branch-${environment.name}`);
        assert.deepEqual([problems, warnings], [[], []]);
        assert.deepEqual(environment.services.map(({ name }) => name), ["api", "web", "worker"]);
        const count = (type: string): number => resources.filter((resource) => resource.type === type).length;
        const types = ["aws:ecs/service:Service", "aws:lb/targetGroup:TargetGroup", "aws:lb/listenerRule:ListenerRule", "aws:iam/role:Role", "aws:route53/record:Record"];
        assert.deepEqual(types.map(count), [3, 1, 1, 2, 0]);
    });

    it("of a base has its services, as if there were a release", async () => {
        const { resources } = await understudy({ directory: root, surroundings: { env: { PATH: "" } } }).plan("staging");
        const services = resources.filter(({ type }) => type === "aws:ecs/service:Service").map(({ name }) => name);
        assert.deepEqual(services, ["staging-api-ecs", "staging-web-ecs", "staging-worker-ecs"]);
        assert.ok(resources.some(({ type }) => type === "awsx:ec2:Vpc"));
    });

    it("may be made twice, and two at once", async () => {
        const api = understudy({ directory: root });
        const [one, other] = await Promise.all([api.plan("staging"), api.plan({ branch: "x" })]);
        assert.deepEqual((await api.plan("staging")).resources, one.resources);
        assert.notDeepEqual(one.resources, other.resources);
    });

    it("fails on a branch of which only the stack is known", async () => {
        await assert.rejects(understudy({ directory: root }).plan("branch-x-1a2b3c4d"), { kind: "settings", message: "branch-x-1a2b3c4d is the stack of a branch, whose name it does not tell" });
    });

    it("fails in the program's own words where that refuses", async () => {
        const text = fs.readFileSync(path.join(root, "Pulumi.staging.yaml"), "utf8").replace(/^ *understudy:sharedSecrets:.*\n(?: {4,}.*\n)*/m, "");
        using project = new TemporaryProject({ "Pulumi.yaml": fs.readFileSync(path.join(root, "Pulumi.yaml"), "utf8"), "Pulumi.staging.yaml": text });
        const app = path.join(root, "app");
        await assert.rejects(understudy({ directory: project.directory }).plan({ branch: "x" }, { app }), {
            kind: "settings",
            message: /^x-2d711642: 1 problem\n.* understudy:ownSecrets: staging does not share its SESSION_SECRET; /,
            advice: "correct what is listed",
        });
    });

    it("fails on a branch of production, which lends nothing", async () => {
        await assert.rejects(understudy({ directory: root }).plan({ branch: "x", base: "production" }), {
            kind: "settings",
            message: "no branch stands on production: production lends nothing",
        });
    });

    it("fails on a wrong choice of images, and on a broken Compose file", async () => {
        using project = new TemporaryProject();
        await assert.rejects(understudy({ directory: project.directory }).plan("staging", { images: { nope: "1" } }), { kind: "settings", message: "nope is no service or image of the application; there are: shop-web, web" });
        using broken = new TemporaryProject({ "Pulumi.yaml": "name: u\n", "Pulumi.staging.yaml": "config: {}\n" });
        await assert.rejects(understudy({ directory: broken.directory }).plan("staging"), { kind: "settings", message: /Pulumi\.staging\.yaml has no settings$/ });
    });
});
