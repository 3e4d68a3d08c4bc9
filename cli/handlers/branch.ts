import type { BranchInfo } from "../../automation/index";
import type { BranchTarget } from "../../automation/branch/target";
import type { BranchUpOptions } from "../../automation/branch/up";
import { branchId, isBranchId } from "../../model/names";
import { parseDuration } from "../../model/units";
import type { Handler, Options } from "../commands";
import type { Context } from "../context";
import { UsageError } from "../errors";
import { gitUser } from "../git";
import { seconds, table } from "../output";
import { describeEnvironment } from "./describe";
import { baseOf, branchOf, folderOf, imagesOf, onlyOf, optional, takeOverOf } from "./options";
import { pushCommit } from "./push";

/** `understudy branch up`. The last line is the URL. */
export const up: Handler = async (context, words, options) => {
    const branch = await branchOf(context, words, options);
    const app = folderOf(context, options, "app");
    const owner = optional(options, "owner") ?? (await gitUser(context.directory));
    const base = baseOf(options);
    const choice = imagesOf(options);
    const wanted = { branch, base, ...choice, ...onlyOf(options), ...(app !== undefined && { app }), ...(owner !== undefined && { owner }), ...requestOf(options), ...takeOverOf(options) };
    if (context.local) readUp(context, wanted); // nothing is pushed for what is refused
    await pushCommit(context, { base, app, branch: { name: branch, tag: branchId(branch) } }, choice);
    const result = await context.api().branch.up(wanted);
    context.progress.stop();
    context.output.result(result, describeEnvironment(result, context.output.colors));
    return 0;
};

/** What is kept with the environment about who needs it. */
function requestOf(options: Options): Pick<BranchUpOptions, "pullRequest" | "commit"> {
    const [number, commit] = [optional(options, "pr"), optional(options, "commit")];
    if (number !== undefined && !/^[1-9]\d{0,8}$/.test(number)) throw new UsageError(`--pr ${number || '""'} is no number of a pull request`, "give the number, such as --pr 12");
    if (commit !== undefined && !/^[0-9a-f]{7,64}$/.test(commit)) throw new UsageError(`--commit ${commit || '""'} is no commit`, "give its hash, as `git rev-parse HEAD` prints it");
    return { ...(number !== undefined && { pullRequest: Number(number) }), ...(commit !== undefined && { commit }) };
}

/** Fails on what `branch up` would fail on before it asks AWS. */
function readUp(context: Context, options: BranchUpOptions): void {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the other commands do without it
    const { readBranch } = require("../../automation/branch/up") as typeof import("../../automation/branch/up");
    readBranch(context, options);
}

/** `understudy branch down`. */
export const down: Handler = async (context, words, options) => {
    const backend = optional(options, "backend");
    const target = await targetOf(context, words, options);
    const removed = await context.api().branch.down({ ...target, base: baseOf(options), ...takeOverOf(options), ...(backend === undefined ? {} : { backend }) });
    context.progress.stop();
    context.output.result(removed, `${removed.stack} is gone: ${removed.changes.deleted} resources deleted (${seconds(removed.seconds)})`);
    return 0;
};

/** `understudy branch list`. */
export const list: Handler = async (context, _words, options) => {
    const base = optional(options, "base");
    const branches = await context.api().branch.list(base === undefined ? {} : { base });
    const now = new Date();
    const rows = branches.map(({ branch, base: on, status, owner, url: address, ...about }) => [branch, on, status, owner ?? "", expiryText(about, now), address]);
    context.progress.stop();
    context.output.result(branches, table(["branch", "base", "status", "owner", "expires", "url"], rows) || "no branch environments");
    return 0;
};

/** When an environment may go, in the largest unit of which there are two or more. @example "in 3 days" */
function expiryText({ expires, pinned }: Pick<BranchInfo, "expires" | "pinned">, now: Date): string {
    if (pinned !== undefined) return "pinned";
    const left = (Date.parse(expires) - now.getTime()) / 1000;
    if (left <= 0) return "expired";
    const units = [["day", 86_400], ["hour", 3_600], ["minute", 60]] as const;
    const [unit, length] = units.find(([, size]) => left >= 2 * size) ?? ["minute", 60];
    return new Intl.RelativeTimeFormat("en").format(Math.floor(left / length), unit);
}

/** `understudy branch url`: nothing but the URL, so that a shell can use it. */
export const url: Handler = async (context, words, options) => {
    const found = await context.api().branch.url({ branch: await branchOf(context, words, options), base: baseOf(options) });
    context.output.result(found, found.url);
    return 0;
};

/** `understudy branch logs`. With `--follow` it goes on until it is interrupted, which is then no failure. */
export const logs: Handler = async (context, words, options) => {
    const service = optional(options, "service");
    const lines = context.api().branch.logs({
        branch: await branchOf(context, words, options),
        base: baseOf(options),
        follow: options["follow"] === true,
        ...(service === undefined ? {} : { service }),
        ...sinceOf(options),
    });
    for await (const line of lines) context.output.line(line, `${line.time} ${line.service} ${line.message}`);
    return 0;
};

function sinceOf(options: Options): { readonly since?: number } {
    const given = optional(options, "since");
    if (given === undefined) return {};
    const since = parseDuration(given);
    if (since === undefined) throw new UsageError(`--since ${given} is no duration`, "write it as Compose does, such as 10m or 1h30m");
    return { since };
}

/** A branch that is to go may be known by its id alone. */
async function targetOf(context: Context, words: readonly string[], options: Options): Promise<BranchTarget> {
    const id = optional(options, "id");
    if (id === undefined) return { branch: await branchOf(context, words, options) };
    if (words.length > 0 || options["branch"] !== undefined) throw new UsageError("a branch and an id are named", "give the branch or --id, not both");
    if (!isBranchId(id)) throw new UsageError(`--id ${id || '""'} is no branch id`, "give it as `understudy branch list --json` or `understudy branch id` print it");
    return { id };
}
