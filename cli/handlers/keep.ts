import type { BranchInfo } from "../../automation/index";
import { parseDuration } from "../../model/units";
import type { Handler } from "../commands";
import type { Context } from "../context";
import { UsageError } from "../errors";
import { gitUser } from "../git";
import { baseOf, branchOf, optional } from "./options";

/** `understudy branch extend`. */
export const extend: Handler = async (context, words, options) => {
    const given = optional(options, "by");
    const by = given === undefined ? undefined : parseDuration(given);
    if (given !== undefined && (by === undefined || by <= 0)) throw new UsageError(`--by ${given || '""'} is no duration`, "write it as Compose does, such as 3d or 36h");
    const branch = await branchOf(context, words, options);
    return told(context, await context.api().branch.extend({ branch, base: baseOf(options), ...(by !== undefined && { by }) }));
};

/** `understudy branch pin`. */
export const pin: Handler = async (context, words, options) => {
    const reason = optional(options, "reason")?.trim() ?? "";
    if (reason === "") throw new UsageError("nothing says why the environment has to stay", "give --reason: whoever cleans up asks");
    const owner = optional(options, "owner") ?? (await gitUser(context.directory));
    const branch = await branchOf(context, words, options);
    return told(context, await context.api().branch.pin({ branch, base: baseOf(options), reason, ...(owner !== undefined && { owner }) }));
};

/** `understudy branch unpin`. */
export const unpin: Handler = async (context, words, options) => {
    return told(context, await context.api().branch.unpin({ branch: await branchOf(context, words, options), base: baseOf(options) }));
};

function told(context: Context, info: BranchInfo): number {
    const { branch, pinned, expires } = info;
    const until = `${expires.slice(0, 16).replace("T", " ")} UTC`;
    context.progress.stop();
    context.output.result(info, pinned === undefined ? `${branch} stays until ${until}` : `${branch} stays until it is unpinned: ${pinned.reason}`);
    return 0;
}
