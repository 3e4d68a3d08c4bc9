import { allReachable, reachable } from "../addresses";
import { UnderstudyError } from "../errors";
import type { Context } from "../options";
import { findBranch, type BranchQuery } from "./found";

/** Where a branch environment is reached from here. */
export interface BranchUrls {
    /** The main service's. */
    readonly url: string;
    /** Each web service's. */
    readonly urls: Readonly<Record<string, string>>;
}

/** The addresses of a branch environment. Fails with kind `not-found` when there is none, or none that was ever complete. */
export async function url(context: Context, query: BranchQuery): Promise<BranchUrls> {
    const { stack, outputs } = await findBranch(context, query);
    if (outputs.url === undefined) throw withoutAddress(stack, Object.keys(outputs.services).length > 0);
    return { url: reachable(outputs.url, context.surroundings, true), urls: allReachable(outputs.urls, context.surroundings, true) };
}

function withoutAddress(stack: string, runs: boolean): UnderstudyError {
    if (!runs) return new UnderstudyError("not-found", `${stack} has no address yet`, "bring it up with `understudy branch up`");
    return new UnderstudyError("not-found", `${stack} runs no main service, and so has no address of its own`, "run it there as well: `understudy branch up --all`, or with --only");
}
