import { execa } from "execa";
import { UsageError } from "./errors";

/** The git branch that is checked out in `directory`. Fails with what to type instead when there is none. */
export async function currentBranch(directory: string): Promise<string> {
    const { exitCode, stdout, failed } = await execa("git", ["symbolic-ref", "--quiet", "--short", "HEAD"], { cwd: directory, reject: false });
    if (!failed) return stdout;
    if (exitCode === 1) {
        throw new UsageError("no branch is checked out here (detached HEAD)", "name it: --branch <name>");
    }
    throw new UsageError(`${directory} is not a git checkout`, "name the branch: --branch <name>");
}

/** Who asks, as git knows them in `directory`; undefined where git has no address. */
export async function gitUser(directory: string): Promise<string | undefined> {
    const { stdout, failed } = await execa("git", ["config", "user.email"], { cwd: directory, reject: false });
    return failed || stdout === "" ? undefined : stdout;
}
