import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Workspace } from "../../../automation/engine/workspace";
import type { Event } from "../../../automation/events";
import { openStore } from "../../../automation/state/openStore";
import { readState, type StackState } from "../../../automation/state/stackState";
import { environmentOf } from "../../../automation/surroundings";
import { defaultDirectories } from "../../../local/directories";
import { findEngine, type Engine } from "../../../local/engine/engine";

const fixture = path.join(__dirname, "..", "fixture");
export const program = path.join(fixture, "index.js");
export const project = { name: "fixture" };
const root = path.join(__dirname, "..", "..", "..");

let engine: Promise<Engine> | undefined;

/** The engine with which the local world works. It may have to be built first: call this in a `before` with time. */
export function findTestEngine(): Promise<Engine> {
    return (engine ??= findEngine({ cacheDir: defaultDirectories(root).cache }));
}

/** A state backend, an engine's home with the fixture provider, and a folder to work in. Removes itself. */
export class FixtureWorld implements Disposable {
    readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "understudy-test-"));
    readonly states = path.join(this.directory, "states");
    readonly backend = `file://${this.states}`;
    readonly log = path.join(this.directory, "log");
    readonly events: Event[] = [];
    private temporaryBefore: string | undefined;
    /** What makes this world one, as surroundings have it. */
    readonly ownEnv: Readonly<Record<string, string>>;
    readonly env: Readonly<Record<string, string>>;

    private constructor(engineDirectory: string) {
        const home = path.join(this.directory, "home");
        const plugin = path.join(home, "plugins", "resource-fixture-v1.0.0");
        fs.mkdirSync(plugin, { recursive: true });
        fs.mkdirSync(this.states);
        const script = `#!/bin/sh\nexec "${process.execPath}" "${path.join(fixture, "provider.js")}" "$@"\n`;
        fs.writeFileSync(path.join(plugin, "pulumi-resource-fixture"), script, { mode: 0o755 });
        this.ownEnv = {
            PULUMI_HOME: home,
            PULUMI_CONFIG_PASSPHRASE: "correct horse",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            PATH: [engineDirectory, process.env["PATH"] ?? ""].join(path.delimiter),
        };
        this.env = environmentOf({ env: this.ownEnv });
    }

    static async make(): Promise<FixtureWorld> {
        return new FixtureWorld((await findTestEngine()).directory);
    }

    [Symbol.dispose](): void {
        if (this.temporaryBefore !== undefined) process.env["TMPDIR"] = this.temporaryBefore;
        fs.rmSync(this.directory, { recursive: true, force: true });
    }

    /** An empty folder that is the system's temporary one until this world ends. */
    temporaryFolder(): string {
        const folder = path.join(this.directory, "temporary");
        fs.mkdirSync(folder);
        this.temporaryBefore = os.tmpdir();
        process.env["TMPDIR"] = folder;
        return folder;
    }

    open(options: { readonly signal?: AbortSignal; readonly env?: Readonly<Record<string, string>> } = {}): Workspace {
        const env = { ...this.env, ...options.env };
        return Workspace.open({ project, backend: this.backend, env, main: program, emit: (event) => this.events.push(event), signal: options.signal });
    }

    /** What `things` there should be, as the fixture program reads it. */
    settings(things: Readonly<Record<string, object>>): { readonly config: Record<string, unknown>; readonly protection: object } {
        return { config: { "fixture:things": things, "fixture:log": this.log }, protection: {} };
    }

    /** The log's lines so far. */
    logged(): readonly string[] {
        return fs.existsSync(this.log) ? fs.readFileSync(this.log, "utf8").split("\n").filter((line) => line !== "") : [];
    }

    /** Every file of the state backend that is a lock. */
    locks(): readonly string[] {
        const folder = path.join(this.states, ".pulumi", "locks");
        const entries = fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
        return entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json")).map((entry) => path.join(entry.parentPath, entry.name));
    }

    /** The engine's process that has the only lock. */
    lockOwner(): number {
        const [lock = ""] = this.locks();
        return (JSON.parse(fs.readFileSync(lock, "utf8")) as { readonly pid: number }).pid;
    }

    /** Waits until the provider has said this. */
    async untilLogged(line: string): Promise<void> {
        while (!this.logged().includes(line)) await sleep(10);
    }

    async untilEvent(type: Event["type"]): Promise<void> {
        while (!this.events.some((event) => event.type === type)) await sleep(10);
    }

    async state(stack: string): Promise<StackState> {
        await using workspace = this.open();
        const state = await readState({ workspace, store: await openStore(this.backend, this.env), project: project.name }, stack);
        assert.ok(state !== undefined, `no stack ${stack}`);
        return state;
    }

    /** The key of a stack's secrets, as its state names it. */
    salt(stack: string): unknown {
        const file = path.join(this.states, ".pulumi", "stacks", project.name, `${stack}.json`);
        return (JSON.parse(fs.readFileSync(file, "utf8")) as Checkpoint).checkpoint.latest.secrets_providers.state.salt;
    }
}

interface Checkpoint {
    readonly checkpoint: { readonly latest: { readonly secrets_providers: { readonly state: { readonly salt: string } } } };
}
