import type * as pulumi from "@pulumi/pulumi";
import { setImmediate } from "node:timers/promises";
import { UnderstudyError } from "../errors";
import { temporaryFolder } from "../temporaryFolder";

/** One resource that a program asks for. */
export interface PlannedResource {
    /** @example "aws:ecs/service:Service" */
    readonly type: string;
    /** Logical name. */
    readonly name: string;
}

export interface MockedRun {
    /** The compiled program. */
    readonly main: string;
    readonly project: string;
    readonly stack: string;
    /** Configuration by full key. */
    readonly config: Readonly<Record<string, unknown>>;
    /** Outputs of other stacks by full name. */
    readonly stacks: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What the provider's functions answer that the program calls. */
const answers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    "aws:route53/getZone:getZone": { zoneId: "planned" },
    "aws:ssm/getParametersByPath:getParametersByPath": { names: [], values: [] },
};

/** Parts of the SDK's runtime that are there, but not declared. */
interface Internals {
    /** Runs something with a runtime of its own, so that neither this process nor its next plan notices the mocks. */
    readonly withLocalStorage: <T>(work: () => Promise<T>) => Promise<T>;
    readonly getStore: () => { readonly settings: { engine?: unknown } };
    readonly waitForRPCs: () => Promise<void>;
}

/** Runs the program as in a preview, in which nothing is known that AWS decides, and collects what it asks for. */
export async function runUnderMocks(run: MockedRun): Promise<{ readonly resources: readonly PlannedResource[]; readonly warnings: readonly string[] }> {
    temporaryFolder(); // the SDK looks at it when it is loaded
    const [{ runtime }, internals] = await loadRuntime();
    const resources: PlannedResource[] = [];
    const warnings: string[] = [];
    await internals.withLocalStorage(async () => {
        await runtime.setMocks(mocksOf(run, resources), run.project, run.stack, true, "organization");
        runtime.setAllConfig(Object.fromEntries(Object.entries(run.config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)])));
        internals.getStore().settings.engine = engineThatTells(warnings);
        await build(runtime, run.main);
        await settle(internals, resources);
    });
    return { resources: resources.toSorted((one, other) => (`${one.type} ${one.name}` < `${other.type} ${other.name}` ? -1 : 1)), warnings };
}

async function loadRuntime(): Promise<readonly [typeof pulumi, Internals]> {
    const sdk = await import("@pulumi/pulumi");
    const state = (await import("@pulumi/pulumi/runtime/state.js")) as unknown as Pick<Internals, "withLocalStorage" | "getStore">;
    const settings = (await import("@pulumi/pulumi/runtime/settings.js")) as unknown as Pick<Internals, "waitForRPCs">;
    return [sdk, { withLocalStorage: state.withLocalStorage, getStore: state.getStore, waitForRPCs: settings.waitForRPCs }];
}

/** Builds under the stack. What the program throws is kept from the SDK, which would leave rejections that nobody awaits. */
async function build(runtime: typeof pulumi.runtime, main: string): Promise<void> {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the program is compiled to its place just before
    const program = require(main) as () => Promise<Record<string, unknown>>;
    const thrown: unknown[] = [];
    await runtime.runInPulumiStack(async () => {
        try {
            return await program();
        } catch (error) {
            thrown.push(error);
            return {};
        }
    });
    if (thrown.length === 0) return;
    const [error] = thrown;
    throw isRefusal(error) ? new UnderstudyError("settings", error.message, "correct what is listed", { cause: error }) : error;
}

/** The program's own words to its user, known by the SDK's mark: its name is that of any error. */
function isRefusal(error: unknown): error is Error {
    return error instanceof Error && "__pulumiRunError" in error;
}

function mocksOf({ stacks }: MockedRun, resources: PlannedResource[]): pulumi.runtime.Mocks {
    return {
        call: ({ token }) => {
            const answer = answers[token];
            if (answer === undefined) throw new Error(`a plan has no answer for ${token}`);
            return { ...answer };
        },
        newResource: ({ type, name, id, ...args }) => {
            const inputs = args.inputs as Record<string, unknown>;
            if (type === "pulumi:pulumi:StackReference") return { id: id ?? name, state: { ...inputs, outputs: stacks[id ?? name] ?? {} } };
            if (type !== "pulumi:pulumi:Stack") resources.push({ type, name });
            return { id: undefined, state: inputs };
        },
    };
}

/** As much of an engine as the SDK asks for: it takes the program's messages, which would otherwise be written to the console. */
function engineThatTells(warnings: string[]): object {
    const warning = 2; // of the protocol's LogSeverity
    return {
        log: (request: LogRequest, done: () => void) => {
            if (request.getSeverity() >= warning) warnings.push(request.getMessage().replace(/^warning: /, ""));
            done();
        },
        setRootResource: (_request: unknown, done: (error: null, response: object) => void) => done(null, {}),
    };
}

interface LogRequest {
    readonly getSeverity: () => number;
    readonly getMessage: () => string;
}

/** `waitForRPCs` may return before a late `apply` has run: repeat it until nothing new comes. */
async function settle({ waitForRPCs }: Internals, resources: readonly PlannedResource[]): Promise<void> {
    for (let seen = -1; seen !== resources.length; ) {
        seen = resources.length;
        await waitForRPCs();
        await setImmediate();
    }
}
