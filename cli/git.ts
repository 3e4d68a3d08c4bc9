import type { Result } from "execa";
import { UsageError } from "./errors";

const advice = "name the branch";

/** The git branch that is checked out in `directory`. Fails with what to type instead when there is none. */
export async function currentBranch(directory: string): Promise<string> {
    const { exitCode, stdout, stderr, failed } = await git(directory, ["symbolic-ref", "--quiet", "--short", "HEAD"]);
    if (!failed) return stdout;
    if (exitCode === undefined) throw new UsageError("git, which knows the branch, is not in PATH", advice);
    if (exitCode === 1) throw new UsageError("no branch is checked out here (detached HEAD)", advice);
    throw new UsageError(`git does not say which branch is checked out in ${directory}: ${stderr.replace(/^fatal: /, "").split("\n", 1).join("")}`, advice);
}

/** Who asks, as git knows them in `directory`; undefined where git has no address. */
export async function gitUser(directory: string): Promise<string | undefined> {
    const { stdout, failed } = await git(directory, ["config", "user.email"]);
    return failed || stdout === "" ? undefined : stdout;
}

/** The branches of a repository, as git lists them for a URL or the name of a remote. */
export async function remoteBranches(directory: string, remote: string): Promise<readonly string[]> {
    const { stdout, stderr, failed } = await git(directory, ["ls-remote", "--heads", "--", remote]);
    if (failed) throw new UsageError(`git does not list the branches of ${remote}: ${stderr.replace(/^fatal: /, "").split("\n", 1).join("")}`, "name a remote or a URL that git can read");
    return stdout.split("\n").flatMap((line) => /^[0-9a-f]+\trefs\/heads\/(.+)$/.exec(line)?.[1] ?? []);
}

/** Loads what starts processes only now: most commands are told the branch. */
async function git(directory: string, words: readonly string[]): Promise<Result<{ reject: false }>> {
    const { execa } = await import("execa");
    return execa("git", words, { cwd: directory, reject: false });
}
