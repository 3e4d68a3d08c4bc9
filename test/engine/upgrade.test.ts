import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ListHostedZonesByNameCommand, Route53Client } from "@aws-sdk/client-route-53";
import { programFile } from "../../automation/engine/program";
import { Workspace } from "../../automation/engine/workspace";
import { environmentOutputs } from "../../automation/outputs";
import { baseRun, branchRun, branchSettings, type Digests, type PrivateSettings } from "../../automation/settings/privateSettings";
import { findProject, readStack } from "../../automation/settings/project";
import { parseState } from "../../automation/state/stackState";
import { environmentOf } from "../../automation/surroundings";
import { ControlClient } from "../../local/emulator/control";
import { branchId, branchStack } from "../../model/names";
import { version as currentVersion } from "../../package.json";
import { contractOutput, contractVersion } from "../../stacks/contract";
import { projectDirectory, Stage } from "./stage";

/** States of every kind of stack, as each version has left them: a folder per version, a file per kind. */
const statesFolder = path.join(__dirname, "states");
/** Protects the secrets in these states, which are about nothing that exists. */
const passphrase = "the passphrase of recorded states";
const branch = "feature/blue-banner";
/** Every kind of stack, and the base in whose backend it is: each after what it stands on. */
const stacks = { production: "production", staging: "staging", dev: "dev", branch: "staging" } as const;
type Kind = keyof typeof stacks;
const kinds = Object.keys(stacks) as readonly Kind[];

/** `UPDATE_STATES=1` deploys every kind and records the states of the version that package.json names. */
const recording = process.env["UPDATE_STATES"] === "1";

describe("an upgrade of this program", function () {
    this.timeout(900_000);
    let stage: Stage;
    let zones: Readonly<Record<string, string>>;

    before(async () => {
        stage = await Stage.open();
        writeFileSync(stage.world.env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "", passphrase);
        if (recording) await record(stage);
        stage = recording ? await reopened(stage) : stage;
        zones = await zoneIds(stage);
    });

    after(() => stage.close());

    it("has states of every kind of this version to start from", () => {
        assert.deepEqual(readdirSync(path.join(statesFolder, currentVersion)).sort(), kinds.map((kind) => `${kind}.json`).sort());
    });

    for (const version of [...new Set([...readdirSync(statesFolder), ...(recording ? [currentVersion] : [])])].sort()) {
        const allowed = ["same", "read", ...(version === currentVersion ? [] : ["update", "create"])]; // `read` is the branch's look at its base
        for (const kind of kinds) {
            it(`takes ${kind} of ${version} without ${version === currentVersion ? "any change" : "replacing or deleting anything"}`, async () => {
                const stateOf = (of: string, its: Kind): string => readFileSync(stateFile(of, its), "utf8").replaceAll(zonePlaceholder(its), zones[stacks[its]] ?? "");
                const state = stateOf(version, kind);
                if (kind === "branch") await put(stage, stacks.branch, withContract(stateOf(version, stacks.branch), stateOf(currentVersion, stacks.branch)));
                const steps = await preview(stage, kind, state);
                const seen = new Set(steps.map(({ urn }) => urn));
                assert.deepEqual(parseState(state).resources.filter(({ urn, type }) => !type.startsWith("pulumi:providers:") && !seen.has(urn)), []);
                const others = steps.filter(({ op, urn }) => !allowed.includes(op) && !(version !== currentVersion && replaceable.some((type) => urn.includes(type)))).map(({ op, urn }) => `${op} ${urn}`).sort();
                assert.deepEqual(others, [], version === currentVersion ? unrecorded : undeserved);
            });
        }
    }
});

/** Types that the provider can only replace, and of which nothing is lost by that: a repository without its policy expires nothing. */
const replaceable = ["aws:ecr/lifecyclePolicy:LifecyclePolicy"];

const unrecorded =
    `the program is no longer the one that left the states of ${currentVersion}: if that version is released, raise it in package.json; ` +
    "then record with UPDATE_STATES=1 npx mocha --spec test/engine/upgrade.test.ts";
const undeserved = "an alias keeps what only changes its name; CONTRIBUTING.md says how";

interface PreviewStep {
    readonly op: string;
    readonly urn: string;
}

/** What the program as it is now would do to a stack that has this state. AWS is asked only for what the program looks up. */
async function preview(stage: Stage, kind: Kind, state: string): Promise<readonly PreviewStep[]> {
    const stack = stackOf(kind);
    await put(stage, kind, state);
    await using workspace = open(stage, kind);
    workspace.writeSettings(stack, settingsOf(kind, environmentOutputs(parseState(state).outputs).images));
    return (JSON.parse(await workspace.command("preview", "--stack", stack, "--json", "--show-sames")) as { readonly steps: readonly PreviewStep[] }).steps;
}

/** A base is brought to a new version before its branches are: it then says what that version asks for beside what it said before. */
function withContract(state: string, current: string): string {
    const contractOf = (text: string): unknown => parseState(text).outputs[contractOutput];
    const parsed = JSON.parse(state) as Exported;
    const contract = { ...(merged(contractOf(current), contractOf(state)) as object), version: contractVersion };
    const resources = parsed.deployment.resources.map((resource) =>
        resource["type"] === "pulumi:pulumi:Stack" ? { ...resource, outputs: { ...(resource["outputs"] as object), [contractOutput]: contract } } : resource,
    );
    return JSON.stringify({ ...parsed, deployment: { ...parsed.deployment, resources } });
}

/** What is new of `fresh` beside all of `old`. */
function merged(fresh: unknown, old: unknown): unknown {
    if (!isMap(fresh) || !isMap(old)) return old ?? fresh;
    return Object.fromEntries([...new Set([...Object.keys(fresh), ...Object.keys(old)])].map((key) => [key, merged(fresh[key], old[key])]));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Gives a stack this state, in place of any other. */
async function put(stage: Stage, kind: Kind, state: string): Promise<void> {
    const stack = stackOf(kind);
    await using workspace = open(stage, kind);
    const file = path.join(stage.home, `${kind}.json`);
    writeFileSync(file, state);
    if (!made.has(stack)) await workspace.command("stack", "init", stack, "--no-select", "--secrets-provider", "passphrase");
    made.add(stack);
    await workspace.command("stack", "import", "--stack", stack, "--file", file);
}

const made = new Set<string>();

/** The settings with which the tool runs the stack. */
function settingsOf(kind: Kind, images: Digests): PrivateSettings {
    const project = findProject(projectDirectory);
    const base = readStack(project, stacks[kind]);
    if (kind !== "branch") return { ...baseRun(project, base, images), protection: {} };
    const appDir = path.resolve(projectDirectory, base.settings.appDir);
    return branchRun(branchSettings(base.settings, { base: stacks[kind], branch, appDir, images }), {});
}

/** Deploys a stack of every kind with a release, and keeps their states. */
async function record(stage: Stage): Promise<void> {
    const release = "1.0.0";
    const zones = await zoneIds(stage);
    for (const base of [...new Set(Object.values(stacks))]) {
        await stage.api().deploy(base, { confirm: base });
        await stage.push(base, "main", release);
        await stage.api().deploy(base, { confirm: base, release });
    }
    await stage.push(stacks.branch, branch, release);
    await stage.api().branch.up({ branch, base: stacks.branch, release });

    mkdirSync(path.join(statesFolder, currentVersion), { recursive: true });
    for (const kind of kinds) {
        await using workspace = open(stage, kind);
        const state = JSON.parse(await workspace.command("stack", "export", "--stack", stackOf(kind))) as Exported;
        const resources = state.deployment.resources.map(withoutOrigin);
        const text = JSON.stringify({ ...state, deployment: { ...state.deployment, resources } }, undefined, 1);
        writeFileSync(stateFile(currentVersion, kind), `${text.replaceAll(zones[stacks[kind]] ?? "", zonePlaceholder(kind))}\n`);
    }
}

interface Exported {
    readonly deployment: { readonly resources: readonly Readonly<Record<string, unknown>>[] };
}

/** A resource without when it was made, and by which lines in whose folder. */
function withoutOrigin({ created: _c, modified: _m, sourcePosition: _s, stackTrace: _t, ...resource }: Readonly<Record<string, unknown>>): unknown {
    return resource;
}

/** A stage in the place of one on which everything exists already. */
async function reopened(stage: Stage): Promise<Stage> {
    await stage.close();
    const fresh = await Stage.open();
    writeFileSync(fresh.world.env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "", passphrase);
    return fresh;
}

function open({ world }: Stage, kind: Kind): Workspace {
    const project = findProject(projectDirectory);
    return Workspace.open({ project, backend: world.backends[stacks[kind]] ?? "", env: environmentOf(world), main: programFile(), emit: () => undefined });
}

function stackOf(kind: Kind): string {
    return kind === "branch" ? branchStack(branchId(branch)) : kind;
}

function stateFile(version: string, kind: Kind): string {
    return path.join(statesFolder, version, `${kind}.json`);
}

/** Stands in a recorded state for the id of the hosted zone, the one thing that the program finds in AWS and is another in every world. */
function zonePlaceholder(kind: Kind): string {
    return `ZONE-OF-${stacks[kind].toUpperCase()}`;
}

/** Id of the public hosted zone of every base. */
async function zoneIds(stage: Stage): Promise<Readonly<Record<string, string>>> {
    const entries = Object.keys(stage.world.backends).map(async (kind) => {
        const { account, region, zone } = stage.base(kind);
        const credentials = await new ControlClient(stage.world.endpoint).rootCredentials(account);
        const route53 = new Route53Client({ endpoint: stage.world.endpoint, region, credentials });
        const { HostedZones = [] } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: zone }));
        const found = HostedZones.find(({ Name, Config }) => Name === `${zone}.` && Config?.PrivateZone !== true);
        assert.ok(found?.Id !== undefined, `no hosted zone ${zone}`);
        return [kind, found.Id.replace("/hostedzone/", "")] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
}
