import { execa } from "execa";

/** Variables with which git, run from a hook or an alias, would look at another repository than the one that is asked for. */
const repositoryVariables = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_NAMESPACE",
];

/** This process's environment without what would turn git away from the repository in its folder. */
export function gitEnvironment(): NodeJS.ProcessEnv {
    return Object.fromEntries(Object.entries(process.env).filter(([name]) => !repositoryVariables.includes(name)));
}

/** Runs git in a repository and returns its output without the last line break. Throws execa's error when git fails. */
export async function git(repository: string, args: readonly string[], env: NodeJS.ProcessEnv = gitEnvironment()): Promise<string> {
    const { stdout } = await execa("git", args, { cwd: repository, env, extendEnv: false });
    return stdout;
}
