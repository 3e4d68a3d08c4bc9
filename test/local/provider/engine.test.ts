import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { EC2 } from "@aws-sdk/client-ec2";
import { UnderstudyError } from "../../../automation/index";
import { defaultDirectories } from "../../../local/directories";
import { findEngine } from "../../../local/engine/engine";
import { installProviders } from "../../../local/provider/install";
import { projectDirectory } from "../../../local/project";
import { emulatorForTests, type TestEmulator } from "../emulator/support";

const run = promisify(execFile);

/** What a base is made of, in short: the component of awsx, and everything a service needs to be reached. */
const program = `
const pulumi = require("@pulumi/pulumi");
const aws = require("@pulumi/aws");
const awsx = require("@pulumi/awsx");
const settings = new pulumi.Config();
const provider = new aws.Provider("aws", {
    region: "eu-west-1",
    allowedAccountIds: [settings.get("account") ?? "222222222222"],
    defaultTags: { tags: { app: "shop" } },
});
const opts = { provider };
const network = new awsx.ec2.Vpc("network", {
    cidrBlock: "10.0.0.0/16",
    numberOfAvailabilityZones: 2,
    natGateways: { strategy: "Single" },
    subnetStrategy: "Auto",
    subnetSpecs: [{ type: "Public" }, { type: "Private" }],
}, { providers: [provider] });
const group = new aws.ec2.SecurityGroup("group", { vpcId: network.vpcId }, opts);
const balancer = new aws.lb.LoadBalancer("balancer", { subnets: network.publicSubnetIds, securityGroups: [group.id] }, opts);
const target = new aws.lb.TargetGroup("web", { vpcId: network.vpcId, port: settings.getNumber("port") ?? 80, protocol: "HTTP", targetType: "ip" }, opts);
const listener = new aws.lb.Listener("http", { loadBalancerArn: balancer.arn, port: 80, defaultActions: [{ type: "forward", targetGroupArn: target.arn }] }, opts);
const secret = new aws.ssm.Parameter("secret", { name: "/shop/SECRET", type: "SecureString", value: pulumi.secret("hunter2") }, opts);
exports.vpcId = network.vpcId;
exports.subnets = network.publicSubnetIds;
exports.account = aws.getCallerIdentityOutput({}, opts).accountId;
exports.parameters = aws.ssm.getParametersByPathOutput({ path: "/shop" }, { ...opts, dependsOn: [secret, listener] }).values;
`;

describe("a real engine with the installed providers", function () {
    this.timeout(120_000);
    let emulator: TestEmulator | undefined;
    let folder: string;
    let env: NodeJS.ProcessEnv;
    let command: string;

    before(async function () {
        const { cache } = defaultDirectories(projectDirectory);
        try {
            ({ command } = await findEngine({ cacheDir: cache }));
        } catch (error) {
            if (!(error instanceof UnderstudyError) || error.kind !== "engine") throw error;
            console.log(`      skipped: ${error.message}`);
            this.skip();
        }
        emulator = await emulatorForTests();
        folder = mkdtempSync(path.join(tmpdir(), "understudy-provider-"));
        const [home, state] = [path.join(folder, "home"), path.join(folder, "state")];
        mkdirSync(state);
        installProviders(home);
        writeFileSync(
            path.join(folder, "Pulumi.yaml"),
            "name: trial\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n",
        );
        writeFileSync(path.join(folder, "index.js"), program);
        symlinkSync(path.join(projectDirectory, "node_modules"), path.join(folder, "node_modules"));
        const { endpoint, credentials } = emulator.staging;
        env = {
            ...process.env,
            PATH: `${path.dirname(command)}${path.delimiter}${process.env["PATH"] ?? ""}`,
            AWS_ENDPOINT_URL: endpoint,
            AWS_ACCESS_KEY_ID: credentials.accessKeyId,
            AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
            AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
            PULUMI_HOME: home,
            PULUMI_BACKEND_URL: `file://${state}`,
            PULUMI_CONFIG_PASSPHRASE: "test",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        };
        await pulumi("stack", "init", "trial");
    });

    after(async () => {
        await emulator?.stop();
        if (emulator !== undefined) rmSync(folder, { recursive: true });
    });

    async function pulumi(...args: readonly string[]): Promise<string> {
        const { stdout } = await run(command, [...args, "--non-interactive"], { cwd: folder, env, maxBuffer: 16 * 1024 * 1024 });
        return stdout;
    }

    async function output(name: string): Promise<unknown> {
        return JSON.parse(await pulumi("stack", "output", name, "--json", "--show-secrets"));
    }

    it("makes everything, and finds nothing to do after that, neither with nor without a refresh", async () => {
        await pulumi("up", "--yes", "--skip-preview");
        await pulumi("preview", "--expect-no-changes");
        await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
        assert.equal(await output("account"), "222222222222");
        assert.equal(((await output("subnets")) as readonly string[]).length, 2);
        assert.deepEqual(await output("parameters"), ["hunter2"]);
    });

    it("gives the children of awsx.ec2.Vpc the places that they have with the official plugin", async () => {
        const { deployment } = JSON.parse(await pulumi("stack", "export")) as { deployment: { resources: { urn: string }[] } };
        const urns = deployment.resources.map(({ urn }) => urn.split("::").slice(2).join(" ")).filter((urn) => urn.startsWith("awsx:"));
        const subnet = "awsx:ec2:Vpc$aws:ec2/vpc:Vpc$aws:ec2/subnet:Subnet";
        assert.deepEqual(
            urns.filter((urn) => !/-2$|private/.test(urn)).sort(),
            [
                "awsx:ec2:Vpc network",
                "awsx:ec2:Vpc$aws:ec2/vpc:Vpc network",
                "awsx:ec2:Vpc$aws:ec2/vpc:Vpc$aws:ec2/internetGateway:InternetGateway network",
                `${subnet} network-public-1`,
                `${subnet}$aws:ec2/eip:Eip network-1`,
                `${subnet}$aws:ec2/natGateway:NatGateway network-1`,
                `${subnet}$aws:ec2/routeTable:RouteTable network-public-1`,
                `${subnet}$aws:ec2/routeTable:RouteTable$aws:ec2/route:Route network-public-1`,
                `${subnet}$aws:ec2/routeTable:RouteTable$aws:ec2/routeTableAssociation:RouteTableAssociation network-public-1`,
            ].sort(),
        );
    });

    it("replaces a target group that a listener uses: the new one first, under another name", async () => {
        await pulumi("config", "set", "port", "8080");
        await pulumi("up", "--yes", "--skip-preview");
        await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    });

    it("adopts what exists, and keeps a secret that it finds", async () => {
        const { deployment } = JSON.parse(await pulumi("stack", "export")) as {
            deployment: { resources: { urn: string; type: string }[] };
        };
        const provider = deployment.resources.find(({ type }) => type === "pulumi:providers:aws")?.urn ?? "";
        const flags = ["--yes", "--skip-preview", "--protect=false", "--generate-code=false", "--provider", `aws=${provider}`];
        await pulumi("import", "aws:ssm/parameter:Parameter", "adopted", "/shop/SECRET", ...flags);
        await pulumi("state", "delete", "--yes", "urn:pulumi:trial::trial::aws:ssm/parameter:Parameter::adopted");
    });

    it("refuses another account before anything is made", async () => {
        await assert.rejects(pulumi("preview", "--config", "account=111111111111"), (error: { stdout: string }) => {
            assert.match(
                error.stdout,
                /error: pulumi:providers:aws resource 'aws' has a problem: AWS account ID not allowed: 222222222222; allowed: 111111111111/,
            );
            return true;
        });
        await pulumi("config", "rm", "account");
    });

    it("never wrote a secret in the clear", () => {
        const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
            (entry) => entry.isFile() && entry.name.endsWith(".json"),
        );
        assert.ok(files.length > 0);
        for (const { parentPath, name } of files.filter(({ parentPath: at }) => at.includes("state"))) {
            assert.doesNotMatch(readFileSync(path.join(parentPath, name), "utf8"), /hunter2/);
        }
    });

    it("removes everything", async () => {
        await pulumi("destroy", "--yes", "--skip-preview");
        const { staging } = emulator as TestEmulator;
        const { Vpcs = [] } = await new EC2(staging).describeVpcs({});
        assert.deepEqual(
            Vpcs.filter(({ IsDefault }) => IsDefault !== true),
            [],
        );
    });
});
