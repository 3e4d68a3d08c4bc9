import assert from "node:assert/strict";
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

    it("fails on a wrong choice of images, and on a broken Compose file", async () => {
        using project = new TemporaryProject();
        await assert.rejects(understudy({ directory: project.directory }).plan("staging", { images: { nope: "1" } }), { kind: "settings", message: "nope is no service or image of the application; there are: shop-web, web" });
        using broken = new TemporaryProject({ "Pulumi.yaml": "name: u\n", "Pulumi.staging.yaml": "config: {}\n" });
        await assert.rejects(understudy({ directory: broken.directory }).plan("staging"), { kind: "settings", message: /Pulumi\.staging\.yaml has \d+ problems$/ });
    });
});
