import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeOnce } from "../makeOnce";
import { git, gitEnvironment } from "./git";

/** A git repository to try branches with. */
export interface SampleRepository {
    readonly directory: string;
    /** Commit of every branch, by the branch's full name. */
    readonly commits: Readonly<Record<string, string>>;
}

/** Who has committed all of it. */
export const sampleAuthor = { name: "Understudy", email: "understudy@example.com" } as const;

interface SampleBranch {
    readonly name: string;
    readonly message: string;
    /** New content of files, by path from the repository's top. */
    readonly files: Readonly<Record<string, string>>;
}

const sampleBranches: readonly SampleBranch[] = [
    {
        name: "feature/blue-banner",
        message: "Announce the sale in blue",
        files: {
            "app/web/theme.mjs": themeModule("#1d4ed8", "The blue sale begins on Monday"),
        },
    },
    {
        name: "fix/Ünïcode-🚀-name",
        message: "Greet people in their own letters",
        files: {
            "app/web/theme.mjs": themeModule("#047857", null),
            "app/api/greeting.mjs": `/** What api has to say. */\nexport const greeting = "Grüße, здравствуйте, こんにちは 🚀";\n`,
        },
    },
];

/**
 * Makes a git repository out of the sample application: `main` as `appDir` is, and two branches whose pages look and answer differently.
 * Commits depend on nothing but the content: author, dates and git's settings are fixed. A repository that is there already is left as
 * it is, with whatever was added to it.
 */
export async function makeSampleRepository(appDir: string, directory: string): Promise<SampleRepository> {
    await makeOnce(directory, (fresh) => fillRepository(appDir, fresh));
    const lines = await git(directory, ["for-each-ref", "--format=%(objectname) %(refname:strip=2)", "refs/heads"]);
    const commits = lines.split("\n").map((line) => [line.slice(41), line.slice(0, 40)] as const);
    return { directory, commits: Object.fromEntries(commits) };
}

async function fillRepository(appDir: string, directory: string): Promise<void> {
    const run = (...args: readonly string[]): Promise<string> => git(directory, args, sampleEnvironment());
    await run("init", "--quiet", "--template=");
    await run("symbolic-ref", "HEAD", "refs/heads/main");
    await cp(appDir, join(directory, "app"), { recursive: true });
    await run("add", "--all");
    await run("commit", "--quiet", "--message", "The shop");
    for (const branch of sampleBranches) {
        await run("checkout", "--quiet", "-b", branch.name, "main");
        for (const [path, content] of Object.entries(branch.files)) await writeFile(join(directory, path), content);
        await run("commit", "--quiet", "--all", "--message", branch.message);
    }
    await run("checkout", "--quiet", "main");
}

/** Nothing of the user's own git settings: no name, no signing, no hooks, no line ending rules. */
function sampleEnvironment(): NodeJS.ProcessEnv {
    const date = "2026-01-01T00:00:00Z";
    return {
        ...gitEnvironment(),
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_DEFAULT_HASH: "sha1",
        GIT_AUTHOR_NAME: sampleAuthor.name,
        GIT_AUTHOR_EMAIL: sampleAuthor.email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: sampleAuthor.name,
        GIT_COMMITTER_EMAIL: sampleAuthor.email,
        GIT_COMMITTER_DATE: date,
    };
}

function themeModule(accent: string, banner: string | null): string {
    return [
        "/** What makes this version of the shop look like itself. */",
        "export const theme = {",
        `    accent: ${JSON.stringify(accent)},`,
        `    banner: ${JSON.stringify(banner)},`,
        "};",
        "",
    ].join("\n");
}
