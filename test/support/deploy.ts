import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import * as runtimeSettings from "@pulumi/pulumi/runtime/settings";
import { assertOrderly, assertSameGraph } from "./graph";
import { inventOutputs } from "./invent";
import type { Registered } from "./registered";

/** A provider function that was called. */
export interface Call {
    readonly token: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Deployment {
    /** All but the stack itself, sorted by URN. */
    readonly resources: readonly Registered[];
    /** What the program returned. */
    readonly outputs: Readonly<Record<string, unknown>>;
    readonly calls: readonly Call[];
    readonly warnings: readonly string[];
}

/** The world outside the program. */
export interface World {
    readonly stack?: string;
    /** Configuration by full key. */
    readonly config?: Readonly<Record<string, string>>;
    /** Answers of provider functions by token; an answer that throws is an error of the provider. */
    readonly answers?: Readonly<Record<string, (inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>>>;
    /** Outputs of other stacks by full name. */
    readonly stacks?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Builds against mocks, first in preview, where nothing is known that AWS decides, then for real. Fails when the two differ in more than
 * what is known, and when the graph breaks a rule that holds for all programs here. Mocks prove what is asked for, not that AWS agrees.
 */
export async function deploy(build: () => unknown, world: World = {}): Promise<Deployment> {
    const preview = await run(build, world, true);
    const update = await run(build, world, false);
    assertSameGraph(preview.resources, update.resources);
    assertOrderly(update.resources);
    return update;
}

async function run(build: () => unknown, world: World, preview: boolean): Promise<Deployment> {
    const registered: Registered[] = [];
    const calls: Call[] = [];
    await pulumi.runtime.setMocks(mocksOf(world, preview, calls), "understudy", world.stack ?? "test", preview, "organization");
    pulumi.runtime.setAllConfig({ ...world.config });
    recordRegistrations(registered);
    const { result: outputs, warnings } = await withWarnings(() =>
        withoutPromiseStacks(async () => {
            const returned = await buildStack(build);
            await settle(() => registered.length);
            return returned;
        }),
    );
    const resources = registered.filter(({ type }) => type !== "pulumi:pulumi:Stack").toSorted((a, b) => (a.urn < b.urn ? -1 : 1));
    return { resources, outputs, calls, warnings };
}

/** Builds under the stack. What the program throws is kept from the SDK, which would leave rejections that nobody awaits. */
async function buildStack(build: () => unknown): Promise<Deployment["outputs"]> {
    const thrown: unknown[] = [];
    const outputs: unknown = await pulumi.runtime.runInPulumiStack(async () => {
        try {
            return inputsOf(await build());
        } catch (error) {
            thrown.push(error);
            return {};
        }
    });
    if (thrown.length > 0) throw thrown[0];
    return outputs as Deployment["outputs"];
}

/** What a program may return; a component under test is no output. */
function inputsOf(built: unknown): Record<string, unknown> {
    return typeof built === "object" && built !== null && !pulumi.Resource.isInstance(built) ? { ...built } : {};
}

function mocksOf({ answers, stacks }: World, preview: boolean, calls: Call[]): pulumi.runtime.Mocks {
    return {
        call: ({ token, inputs }) => {
            calls.push({ token, inputs: inputs as Call["inputs"] });
            const answer = answers?.[token];
            assert.ok(answer, `no answer for ${token}`);
            return asProviderAnswers(() => answer(inputs as Call["inputs"]));
        },
        newResource: ({ type, name, id, ...args }) => {
            const inputs = args.inputs as Call["inputs"];
            if (type === "pulumi:pulumi:StackReference") return { id: id ?? name, state: { ...inputs, outputs: stacks?.[id ?? name] ?? {} } };
            return preview ? { id: undefined, state: inputs } : { id: `${name}-id`, state: inventOutputs(type, name, inputs) };
        },
    };
}

/** The SDK takes what a provider has to say of an error from its `details`. */
function asProviderAnswers<T>(answer: () => T): T {
    try {
        return answer();
    } catch (error) {
        throw error instanceof Error ? Object.assign(error, { details: error.message }) : error;
    }
}

interface RegisterRequest {
    getType(): string;
    getName(): string;
    getParent(): string;
    getProvider(): string;
    getDependenciesList(): readonly string[];
    getObject(): { toJavaScript(): Readonly<Record<string, unknown>> };
}

interface RegisterResponse {
    getUrn(): string;
}

/** Mocks are told neither URN nor parent, and overwrite a resource whose URN is there already: so count what reaches the monitor. */
function recordRegistrations(registered: Registered[]): void {
    const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request: RegisterRequest, callback: (error: unknown, response: unknown) => void) =>
        register(request, (error: unknown, response: RegisterResponse | undefined) => {
            if (response !== undefined) registered.push(registeredAs(request, response.getUrn()));
            callback(error, response);
        });
}

function registeredAs(request: RegisterRequest, urn: string): Registered {
    return {
        urn: asInState(urn),
        type: request.getType(),
        name: request.getName(),
        parent: asInState(request.getParent()),
        inputs: request.getObject().toJavaScript(),
        provider: asInState(request.getProvider().split("::").slice(0, -1).join("::")),
        dependencies: request.getDependenciesList().map(asInState),
    };
}

/** Mocks put the stack's type into URNs, and the engine does not. */
function asInState(urn: string): string {
    return urn.replace("pulumi:pulumi:Stack$", "");
}

/** `waitForRPCs` may return before a late `apply` has run: repeat it until nothing new comes. */
async function settle(registered: () => number): Promise<void> {
    const { waitForRPCs } = runtimeSettings as unknown as { readonly waitForRPCs: () => Promise<void> };
    for (let seen = -1; seen !== registered(); ) {
        seen = registered();
        await waitForRPCs();
        await setImmediate();
    }
}

/** Without an engine the SDK writes the program's warnings to the console. */
async function withWarnings<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly warnings: readonly string[] }> {
    const warnings: string[] = [];
    const warn = console.warn.bind(console);
    console.warn = (text: string) => void warnings.push(text.replace("warning: [runtime] ", ""));
    try {
        return { result: await work(), warnings };
    } finally {
        console.warn = warn;
    }
}

/**
 * The SDK notes a stack for every promise and resource, by an error without a message. To map those back to TypeScript would take four
 * fifths of the time of all tests here.
 */
async function withoutPromiseStacks<T>(work: () => Promise<T>): Promise<T> {
    const prepare = Error.prepareStackTrace.bind(Error);
    Error.prepareStackTrace = (error, frames): unknown => (error.message === "" ? "" : prepare(error, frames));
    try {
        return await work();
    } finally {
        Error.prepareStackTrace = prepare;
    }
}
