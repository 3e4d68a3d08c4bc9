import assert from "node:assert/strict";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { exitCodes, UnderstudyError, type Event } from "../../automation/index";
import { ControlClient } from "../../local/emulator/control";
import { branchId, discoveryName, releaseParameterName } from "../../model/names";
import { Checkout } from "./checkout";
import { Stage } from "./stage";

const branch = "feature/unlucky";
const account = "222222222222"; // staging's
const secret = "/shop/staging/SESSION_SECRET";

/** One environment meets one misfortune after the other, and comes up again after each. */
describe("a branch environment that cannot come up says why in one sentence, and comes up once the reason is gone", function () {
    this.timeout(300_000);
    let checkout: Checkout;
    let stage: Stage;
    let control: ControlClient;
    let ssm: SSMClient;
    let ecs: ECSClient;
    let server: string;
    let commits = 0;

    before(async () => {
        checkout = await Checkout.open();
        stage = await Stage.open(checkout.directory);
        control = new ControlClient(stage.world.endpoint);
        const place = { endpoint: stage.world.endpoint, region: "eu-west-1", credentials: await control.rootCredentials(account) };
        [ssm, ecs] = [new SSMClient(place), new ECSClient(place)];
        await stage.api().deploy("staging");
        await checkout.git("checkout", "--quiet", "-b", branch);
        server = checkout.read("app/web/server.mjs");
    });

    after(async () => {
        await (stage as Stage | undefined)?.close();
        checkout[Symbol.dispose]();
    });

    /** A commit that differs from all before it, with this as the code of web. */
    async function commitServer(code: string): Promise<string> {
        commits += 1;
        return checkout.commit(`Try ${commits}`, { "app/web/server.mjs": `${code}\n// try ${commits}\n` });
    }

    /** `branch up` has to fail with this exit code; returns what it ends with. */
    async function fails(exitCode: number, ...words: readonly string[]): Promise<readonly string[]> {
        const { exitCode: got, stdout, stderr } = await stage.cli("branch", "up", ...words);
        const lines = String(stderr).split("\n");
        assert.equal(got, exitCode, String(stderr));
        assert.equal(stdout, "");
        return lines.slice(lines.findIndex((line) => line.startsWith("understudy: ")));
    }

    /** A clean `branch up` of what is checked out, and what its page says. */
    async function comesUp(): Promise<void> {
        const { exitCode, stdout, stderr } = await stage.cli("branch", "up", "--json");
        assert.equal(exitCode, 0, String(stderr));
        const { url } = JSON.parse(String(stdout)) as { readonly url: string };
        const { commit } = JSON.parse((await stage.get(url, "/info.json")).text) as { readonly commit: string };
        assert.equal(commit, await checkout.git("rev-parse", "HEAD"));
    }

    it("an image that is not in the registry", async () => {
        const digest = `sha256:${"0".repeat(64)}`;
        const before = await stage.inventory();
        assert.deepEqual(await fails(exitCodes["image-missing"], "--image", digest), [
            `understudy: these images are not in the registry: shop/api@${digest}, shop/shop-web@${digest}`,
            "  leave out --release and --image to push and run the commit that is checked out; `understudy local up` makes anew what is missing of the sample, with its release",
        ]);
        assert.deepEqual(await stage.inventory(), before);
    });

    it("a secret that is not in the parameter store", async () => {
        await ssm.send(new DeleteParameterCommand({ Name: secret }));
        assert.deepEqual(await fails(exitCodes["deployment-failed"]), [
            `understudy: web (failed): the secret ${secret} is not in the parameter store`,
            "  correct it and run the same command again",
        ]);
        await ssm.send(new PutParameterCommand({ Name: secret, Value: "there again", Type: "SecureString" }));
        await comesUp();
    });

    it("a container that ends as soon as it starts, with its last words", async () => {
        await commitServer('console.log("reading the catalogue");\nconsole.error("the catalogue has no page 7");\nprocess.exit(3);');
        assert.deepEqual(await fails(exitCodes["deployment-failed"]), [
            "understudy: web (rolled back): container web exited with code 3; its last lines were: reading the catalogue | the catalogue has no page 7",
            "  correct it and run the same command again",
        ]);
        await commitServer(server);
        await comesUp();
    });

    it("a health check that is answered with a wrong status", async () => {
        await commitServer(server.replace("response.writeHead(200, ", "response.writeHead(503, "));
        assert.deepEqual(await fails(exitCodes["deployment-failed"]), [
            "understudy: web (rolled back): its health check /healthcheck was answered with status 503",
            "  correct it and run the same command again",
        ]);
        await commitServer(server);
        await comesUp();
    });

    it("no capacity on Spot alone: it comes up on demand, stays there for everybody, and goes back to Spot after a day", async () => {
        const message = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
        await control.setFaults([{ service: "ecs", operation: "CreateTask", match: "FARGATE_SPOT", error: { code: "RESOURCE:FARGATE", message, status: 400 } }]);
        const commit = await commitServer(`${server}\n// of another day`);
        await stage.push("staging", commit, commit, checkout.directory);
        const [id, events]: [string, Event[]] = [branchId(branch), []];
        const capacity = async (): Promise<unknown> => {
            const { services } = await ecs.send(new DescribeServicesCommand({ cluster: "shop-staging", services: [discoveryName("web", id)] }));
            return services?.map(({ capacityProviderStrategy }) => capacityProviderStrategy?.map(({ capacityProvider }) => capacityProvider));
        };
        await stage.api(events).branch.up({ branch, release: commit, spotPatience: 1 });
        const warnings = events.flatMap((event) => (event.type === "warning" && event.message.includes("Spot") ? [event.message] : []));
        assert.deepEqual(warnings, [`AWS has no place for api, web, worker on Spot: ${id} runs on demand now, and tries Spot again when it is deployed after 24 hours`]);
        assert.deepEqual(await capacity(), [["FARGATE"]]);
        await control.setFaults([]);

        const { changes } = await stage.api().branch.up({ branch, release: commit });
        assert.deepEqual([changes.created, changes.updated, changes.replaced], [0, 0, 0]);

        const Name = releaseParameterName("shop", id);
        const record = async (): Promise<string> => (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value ?? "";
        const older = (await record()).replace(/"onDemand":"[^"]+"/, '"onDemand":"2026-01-01T00:00:00.000Z"');
        await ssm.send(new PutParameterCommand({ Name, Value: older, Overwrite: true }));
        await comesUp();
        assert.deepEqual(await capacity(), [["FARGATE_SPOT"]]);
        assert.doesNotMatch(await record(), /onDemand/);
    });

    it("no capacity for its tasks", async () => {
        const message = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
        await control.setFaults([{ service: "ecs", operation: "CreateTask", error: { code: "RESOURCE:FARGATE", message, status: 400 } }]);
        const commit = await commitServer(server);
        await stage.push("staging", commit, commit, checkout.directory);
        await assert.rejects(stage.api().branch.up({ branch, release: commit, deploymentPatience: 2 }), (error: unknown) => {
            assert.ok(error instanceof UnderstudyError);
            const reason = `(not complete in time): AWS has no place for its tasks now: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
            assert.deepEqual([error.kind, ...error.message.split("\n")], ["deployment-failed", `api ${reason}`, `web ${reason}`, `worker ${reason}`]);
            return true;
        });
        await control.setFaults([]);
        await comesUp();
    });

    it("comes up although ECS refuses every third call because there are too many", async () => {
        await control.setFaults([{ service: "ecs", every: 3, error: { code: "ThrottlingException", message: "Rate exceeded", status: 400 } }]);
        await commitServer(server);
        await comesUp();
        await control.setFaults([]);
    });
});
