import path from "node:path";
import type { Reported, RunStatus } from "../../automation/index";
import { runStatuses } from "../../automation/branch/runStatus";
import type { Handler, Options } from "../commands";
import { UsageError } from "../errors";
import { readGitHubEvent } from "../githubEvent";
import { baseOf, branchOf, optional } from "./options";

/** `understudy report pr`. What the command line does not say comes from GitHub's event. */
export const pullRequest: Handler = async (context, _words, options) => {
    const event = readGitHubEvent(context.env);
    const repository = optional(options, "repository") ?? event.repository;
    if (repository === undefined) throw new UsageError("no repository is named, and GITHUB_REPOSITORY is not set", "give --repository owner/name");
    const branch = optional(options, "branch") ?? event.branch;
    // The branch that is checked out would be another one.
    if (branch === undefined && event.fork) throw new UsageError("the pull request comes from a fork, so its branch is none of this repository", "name the environment with --branch");
    const number = numberOf(options) ?? event.pullRequest;
    const commit = optional(options, "commit") ?? event.commit;
    const status = statusOf(options);
    const result = optional(options, "result");
    const reported = await context.api().branch.report({
        branch: await branchOf(context, [], { ...options, branch }),
        base: baseOf(options),
        repository,
        removal: event.removal,
        ...(number !== undefined && { pullRequest: number }),
        ...(commit !== undefined && { commit }),
        ...(status !== undefined && { status }),
        ...(result !== undefined && { result: path.resolve(context.directory, result) }),
        ...(event.log !== undefined && { log: event.log }),
    });
    context.progress.stop();
    context.output.result(reported, describe(reported));
    return 0;
};

function describe({ report, comment, deployment }: Reported): string {
    if (report === undefined) return "there is nothing to tell";
    const { id, status, pullRequest: number } = report;
    const told = number === undefined ? "no pull request" : `pull request ${number}: ${comment === "none" ? "no comment" : `comment ${comment}`}`;
    return `${id} ${status}; ${told}; ${deployment === "none" ? "no deployment" : `deployment ${deployment}`}`;
}

function numberOf(options: Options): number | undefined {
    const given = optional(options, "pr");
    if (given === undefined) return undefined;
    if (!/^[1-9]\d{0,9}$/.test(given)) throw new UsageError(`--pr ${given || '""'} is no number of a pull request`, "give it as GitHub shows it, without #");
    return Number(given);
}

function statusOf(options: Options): RunStatus | undefined {
    const given = optional(options, "status");
    if (given === undefined) return undefined;
    const status = runStatuses.find((word) => word === given);
    if (status === undefined) throw new UsageError(`--status ${given || '""'} is not known`, `allowed are ${runStatuses.join(", ")}`);
    return status;
}
