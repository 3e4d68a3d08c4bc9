import fs from "node:fs";
import path from "node:path";
import { checkIdentity } from "./aws/account";
import { makeClients, type Clients } from "./aws/clients";
import { negativeTtlOf, wantedNegativeTtl } from "./aws/namespaceTtl";
import { backendOf, type Backend } from "./backend";
import { executable, findEngine, oldestEngine, withVersion } from "./engine/command";
import { UnderstudyError, lineOf } from "./errors";
import type { Context } from "./options";
import { environmentOutputs } from "./outputs";
import { quotasOf, type Quota } from "./quotas";
import { Session } from "./session";
import { refuseConflicts } from "./settings/check";
import { baseStacks, findProject, readEnvironment, readStack, type Project, type StackFile } from "./settings/project";
import { formatProblem, formatProblems } from "../model/problem";
import type { StackState } from "./state/stackState";
import { temporaryFolder } from "./temporaryFolder";

/** One thing that has to be right before anything can be deployed. */
export interface Check {
    /** @example "credentials for staging" */
    readonly name: string;
    /** `warning` does not keep anything from working now. */
    readonly status: "ok" | "warning" | "failed";
    /** What was found. */
    readonly message: string;
    /** What to do about it; absent when it is fine. */
    readonly advice?: string;
}

/** Looks at everything that the other functions need: tools, settings, credentials, state backends, AWS's quotas. Never fails itself. */
export async function doctor(context: Context): Promise<readonly Check[]> {
    const tools = [checkNode(), await checkEngine(context), checkLanguageHost(context), checkProvider(context)];
    const project = await attempt("project", () => Promise.resolve(findProject(context.directory)), ({ directory, name }) => `${name} in ${directory}`);
    if (project.value === undefined) return [...tools, project.check];
    const { value } = project;
    const bases = await Promise.all(baseStacks(value).map((stack) => checkBase(context, value, stack)));
    return [...tools, project.check, ...bases.flat()];
}

function checkNode(): Check {
    const wanted = [20, 19] as const;
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    const good = major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
    const check = { name: "node", message: process.version } as const;
    return good ? { ...check, status: "ok" } : { ...check, status: "failed", advice: `install Node.js ${wanted.join(".")} or newer` };
}

async function checkEngine({ env }: Context): Promise<Check> {
    const { check } = await attempt("pulumi", async () => withVersion(findEngine(env), temporaryFolder()), ({ command, version }) => `${version?.version ?? ""} (${command})`);
    return check;
}

/** The engine looks for it in PATH; an installed Pulumi has it beside itself. */
function checkLanguageHost({ env }: Context): Check {
    const host = "pulumi-language-nodejs";
    const engine = executable("pulumi", env["PATH"] ?? "");
    const beside = engine === undefined ? undefined : executable(host, path.dirname(fs.realpathSync(engine)));
    const found = beside ?? executable(host, env["PATH"] ?? "");
    if (found !== undefined) return { name: "pulumi for Node.js", status: "ok", message: found };
    return { name: "pulumi for Node.js", status: "failed", message: `${host} is neither beside pulumi nor in PATH`, advice: `install Pulumi ${oldestEngine} or newer` };
}

function checkProvider({ env }: Context): Check {
    const name = "AWS provider";
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the SDK's version says which plugin the engine looks for
    const { version } = require("@pulumi/aws/package.json") as { readonly version: string };
    const home = env["PULUMI_HOME"] ?? path.join(env["HOME"] ?? "", ".pulumi");
    const folder = path.join(home, "plugins", `resource-aws-v${version}`);
    if (fs.existsSync(folder)) return { name, status: "ok", message: version };
    return { name, status: "warning", message: `version ${version} is not installed`, advice: "the first deployment downloads it; `pulumi install` does so now" };
}

/** Settings, then all that they lead to. */
async function checkBase(context: Context, project: Project, stack: string): Promise<readonly Check[]> {
    const settings = await attempt(`settings of ${stack}`, () => Promise.resolve(readBase(project, stack)), ({ warnings }) => (warnings.length === 0 ? "complete" : warnings.join("\n")));
    if (settings.value === undefined) return [settings.check];
    const { file } = settings.value;
    const backend = await attempt(`state backend of ${stack}`, () => Promise.resolve(backendOf(context, stack, file.settings)), ({ url }) => url);
    const [credentials, state] = await Promise.all([checkCredentials(context, stack, file), backend.value && checkState(context, project, stack, file, backend.value)]);
    return [settings.check, credentials, ...(state ?? [backend.check])];
}

function readBase(project: Project, stack: string): { readonly file: StackFile; readonly warnings: readonly string[] } {
    const file = readStack(project, stack);
    const { warnings } = readEnvironment(project, file.settings, file.file);
    refuseConflicts(project, stack);
    return { file, warnings: warnings.map((warning) => formatProblem(warning).trim()) };
}

async function checkCredentials(context: Context, stack: string, { settings }: StackFile): Promise<Check> {
    const { check } = await attempt(`credentials for ${stack}`, () => checkIdentity(makeClients(context.env, settings), settings.account), () => `account ${settings.account}${settings.role === undefined ? "" : ` as ${settings.role}`}`);
    return check;
}

/** Whether the backend answers, whether a key or passphrase for its secrets is named, and how long the base's missing names are remembered. */
async function checkState(context: Context, project: Project, stack: string, file: StackFile, backend: Backend): Promise<readonly Check[]> {
    const state = await attempt(
        `state of ${stack}`,
        async () => {
            await using session = await Session.open(context, { project: { name: project.name }, backend });
            await session.store.list(".pulumi/meta");
            return { found: await session.state(stack) };
        },
        ({ found }) => (found === undefined ? `${backend.url} answers; ${stack} was never deployed` : `${found.resources.length} resources in ${backend.url}`),
    );
    const passphrase = checkPassphrase(context, stack, file, backend);
    const found = state.value?.found;
    if (found === undefined) return [state.check, passphrase];
    const aws = makeClients(context.env, file.settings);
    const [ttl, quotas] = await Promise.all([checkTtl(aws, stack, found), checkQuotas(aws, stack, file, found)]);
    return [state.check, passphrase, ...ttl, ...quotas];
}

async function checkTtl(aws: Clients, stack: string, { outputs }: StackState): Promise<readonly Check[]> {
    const namespace = environmentOutputs(outputs).contract?.namespace.id;
    if (namespace === undefined) return [];
    const ttl = await attempt(`discovery of ${stack}`, () => negativeTtlOf(aws, namespace), (seconds) => `missing names are remembered for ${seconds ?? "an unknown number of"} s`);
    const short = ttl.value === undefined || ttl.value <= wantedNegativeTtl;
    return [short ? ttl.check : { ...ttl.check, status: "warning", advice: `shorten it with \`understudy deploy ${stack}\`` }];
}

/** What is used of AWS's quotas. One that cannot be counted keeps nothing from working. */
async function checkQuotas(aws: Clients, stack: string, { settings }: StackFile, state: StackState): Promise<readonly Check[]> {
    const checks = quotasOf(aws, settings, state).map(async ({ name, place, count }): Promise<Check> => {
        const named = `${name} of ${stack}`;
        const { check, value } = await attempt(named, count, () => "");
        return value === undefined ? { ...check, status: "warning" } : quotaCheck(named, place, value);
    });
    return Promise.all(checks);
}

/** A part of a quota from which one is warned. */
const warnFrom = 0.8;

/** A check of quotas that belong together: as bad as the worst of them, which fails when nothing is left. */
export function quotaCheck(name: string, place: string | undefined, quotas: readonly Quota[]): Check {
    const said = quotas.map(({ what, used, limit, assumed }) => `${number(used)} of ${number(limit)}${assumed === true ? " (AWS's usual limit)" : ""} ${what}`);
    const message = [said.join(", "), ...(place === undefined ? [] : [place])].join(" ");
    const fullness = ({ used, limit }: Quota): number => (limit === 0 ? Infinity : used / limit);
    const [worst] = quotas.toSorted((a, b) => fullness(b) - fullness(a));
    if (worst === undefined || fullness(worst) < warnFrom) return { name, status: "ok", message };
    return { name, status: fullness(worst) < 1 ? "warning" : "failed", message, advice: worst.advice };
}

function number(value: number): string {
    return value.toLocaleString("en", { maximumFractionDigits: 2 });
}

function checkPassphrase({ env }: Context, stack: string, { protection }: StackFile, { local }: Backend): Check {
    const name = `secrets of ${stack}`;
    if (!local && protection.secretsprovider !== undefined && protection.secretsprovider !== "passphrase") return { name, status: "ok", message: `${protection.secretsprovider}, which the first deployment tries` };
    const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
    if (env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || (file !== undefined && fs.existsSync(file))) return { name, status: "ok", message: "a passphrase is set" };
    return {
        name,
        status: "warning",
        message: "no passphrase is set, and the settings name no key",
        advice: "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or `secretsprovider` in the settings file",
    };
}

/** A check that is fine when `work` does not fail. */
async function attempt<T>(name: string, work: () => Promise<T>, found: (value: T) => string): Promise<{ readonly check: Check; readonly value?: T }> {
    try {
        const value = await work();
        return { check: { name, status: "ok", message: found(value) }, value };
    } catch (error) {
        if (!(error instanceof UnderstudyError)) return { check: { name, status: "failed", message: lineOf(error), advice: "this is unexpected; run it again with --debug" } };
        const message = [error.message, ...formatProblems(error.problems)].join("\n");
        return { check: { name, status: "failed", message, advice: error.advice } };
    }
}
