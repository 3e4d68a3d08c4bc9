import { exitCodes } from "../../automation/errors";
import type { Finding } from "../../automation/index";
import type { Handler } from "../commands";
import { UsageError } from "../errors";
import { remoteBranches } from "../git";
import { table } from "../output";
import { readGitHubEvent } from "../githubEvent";
import { baseOf, optional } from "./options";

/** `understudy branch sweep`. What cannot be removed is said, and found again the next time. */
export const sweep: Handler = async (context, _words, options) => {
    if (options["yes"] === true && options["dryRun"] === true) throw new UsageError("--yes and --dry-run are both given", "give one of them");
    const apply = options["yes"] === true;
    const remotes = Array.isArray(options["remote"]) ? (options["remote"] as readonly string[]) : [];
    const branches = remotes.length === 0 ? undefined : new Set((await Promise.all(remotes.map((remote) => remoteBranches(context.directory, remote)))).flat());
    const repository = optional(options, "repository") ?? readGitHubEvent(context.env).repository;
    const findings = await context.api().branch.sweep({ base: baseOf(options), apply, ...(branches !== undefined && { branches }), ...(repository !== undefined && { repository }) });
    context.progress.stop();
    const rows = findings.map((finding) => [outcomeOf(finding), finding.what, finding.id, finding.problem ?? finding.why]);
    const advice = !apply && findings.length > 0 ? "\nnothing was touched; do it with --yes" : "";
    context.output.result(findings, rows.length === 0 ? "nothing to sweep" : `${table(["", "what", "id", "why"], rows)}${advice}`);
    return findings.some(({ done }) => done === false) ? exitCodes["update-failed"] : 0;
};

function outcomeOf({ action, done }: Finding): string {
    if (done === false) return "left";
    if (action === "warn") return done === true ? "warned" : "would warn";
    return done === true ? "removed" : "would go";
}

/** `understudy registry repair`. */
export const repair: Handler = async (context, [base = ""], options) => {
    const apply = options["yes"] === true;
    const differences = await context.api().registry.repair(base, { apply });
    context.progress.stop();
    const rows = differences.map(({ id, action, why, done }) => [{ add: done === true ? "added" : "would add", remove: done === true ? "forgotten" : "would forget", none: "" }[action], id, why]);
    const advice = !apply && differences.some(({ action }) => action !== "none") ? "\nnothing was touched; do it with --yes" : "";
    context.output.result(differences, rows.length === 0 ? "registry and stacks agree" : `${table(["", "id", "why"], rows)}${advice}`);
    return 0;
};
