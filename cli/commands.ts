/* eslint-disable @typescript-eslint/no-require-imports -- a handler is loaded when its command runs, so that help and names never wait for the engine's libraries */
import type { Context } from "./context";

/** What a command does with its words, once everything around it is in place. Returns the exit code, 0 for success. */
export type Handler = (context: Context, words: readonly string[], options: Options) => Promise<number>;

/** Option values by their long name in camel case, as they were typed. */
export type Options = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

export interface CommandOption {
    /** In the argument library's notation. @example "-i, --image <service=ref>" */
    readonly flags: string;
    readonly description: string;
    /** May be given more than once. */
    readonly repeated?: boolean;
}

/** One command. Help, parser and tests come from this record; the code behind it is loaded only when it runs. */
export interface CommandRecord {
    readonly name: string;
    readonly words?: string;
    readonly summary: string;
    readonly options?: readonly CommandOption[];
    readonly examples: readonly string[];
    readonly load: () => Handler;
}

/** Options that every command takes. */
export const commonOptions: readonly CommandOption[] = [
    { flags: "--local", description: "work with the local world instead of AWS (also: UNDERSTUDY_LOCAL=1)" },
    { flags: "--json", description: "print one JSON document for programs; progress goes to standard error" },
    { flags: "--debug", description: "print a stack trace with an error" },
];

const image: CommandOption = {
    flags: "-i, --image <service=ref>",
    description: "run this tag or digest of the service's image (repeatable); without a service name: of all own images",
    repeated: true,
};
const branch: CommandOption = { flags: "-b, --branch <name>", description: "the git branch (default: the one that is checked out)" };
const base: CommandOption = { flags: "--base <stack>", description: "the environment it stands on (default: staging)" };
const takeOver: CommandOption = {
    flags: "--take-over",
    description: "free the stack from a lock whose owner cannot be proven dead, such as one of a `pulumi up` on another machine that was killed",
};
const app: CommandOption = { flags: "--app <dir>", description: "folder with compose.yaml (default: the appDir setting)" };

/** Every command, in the order of the help. */
export const commands: readonly CommandRecord[] = [
    {
        name: "doctor",
        summary: "check what is needed here: tools, settings, credentials, state backends, AWS's quotas",
        examples: ["understudy doctor", "understudy doctor --local"],
        load: () => (require("./handlers/doctor") as typeof import("./handlers/doctor")).doctor,
    },
    {
        name: "plan",
        words: "[stack]",
        summary: "show what a stack, or a branch's, would consist of: without account, engine or network",
        options: [
            { flags: "-b, --branch <name>", description: "plan the environment of this git branch" },
            { flags: "--base <stack>", description: "the environment a branch stands on (default: staging)" },
            app,
        ],
        examples: ["understudy plan staging", "understudy plan --branch feature/search --json"],
        load: () => (require("./handlers/plan") as typeof import("./handlers/plan")).plan,
    },
    {
        name: "deploy",
        words: "<stack>",
        summary: "bring production, staging or dev to a release and to the settings as they are",
        options: [
            { flags: "-r, --release <tag>", description: "image tag to run in all own images (default: what runs now)" },
            image,
            { flags: "--confirm <stack>", description: "the typed confirmation that production asks for, for CI" },
            { flags: "-y, --yes", description: "do not ask: production is then refused without --confirm" },
            takeOver,
        ],
        examples: ["understudy deploy staging --release 1.4.2", "understudy deploy production --release 1.4.2 --confirm production"],
        load: () => (require("./handlers/deploy") as typeof import("./handlers/deploy")).deploy,
    },
    {
        name: "destroy",
        words: "<stack>",
        summary: "remove a stack and everything in it",
        options: [{ flags: "--confirm <stack>", description: "the typed confirmation, for CI" }, takeOver],
        examples: ["understudy destroy dev --confirm dev"],
        load: () => (require("./handlers/deploy") as typeof import("./handlers/deploy")).destroy,
    },
    {
        name: "release copy",
        words: "[release]",
        summary: "copy the images of a release from one base's registry into another's, digest for digest",
        options: [
            { flags: "-i, --image <service=ref>", description: "copy this tag or digest of the service's image (repeatable); alone: only that image", repeated: true },
            { flags: "--from <stack>", description: "the base that has them (default: staging)" },
            { flags: "--to <stack>", description: "the base that gets them (default: production)" },
            { flags: "--as <tag>", description: "the tag that they get there (default: the same)" },
        ],
        examples: ["understudy release copy 1.4.2", "understudy release copy --image web=staging.1.4.2 --as production.1.4.2"],
        load: () => (require("./handlers/release") as typeof import("./handlers/release")).copy,
    },
    {
        name: "branch up",
        words: "[branch]",
        summary: "make or update the environment of a git branch and print its URL",
        options: [
            branch,
            base,
            image,
            app,
            { flags: "--only <service...>", description: "run these services alone in it, and use the base's others" },
            { flags: "--all", description: "run all services in it again" },
            { flags: "--owner <name>", description: "who asked for it (default: git's user.email)" },
            { flags: "--pr <number>", description: "the pull request that it belongs to: it goes when that is closed" },
            { flags: "--commit <sha>", description: "the commit that the images are of; kept with the environment" },
            takeOver,
        ],
        examples: ["understudy branch up", "understudy branch up feature/search --image web=pr-12 --pr 12", "understudy branch up feature/search --only web worker"],
        load: () => (require("./handlers/branch") as typeof import("./handlers/branch")).up,
    },
    {
        name: "branch down",
        words: "[branch]",
        summary: "remove the environment of a git branch; needs neither the branch nor a checkout",
        options: [
            branch,
            { flags: "--id <id>", description: "the branch id, when the name is no longer known" },
            base,
            { flags: "--backend <url>", description: "the state backend, where there is no project to read it from" },
            takeOver,
        ],
        examples: ["understudy branch down feature/search", "understudy branch down --id feature-search-1a2b3c4d --backend s3://state-of-staging"],
        load: () => (require("./handlers/branch") as typeof import("./handlers/branch")).down,
    },
    {
        name: "branch list",
        summary: "list the branch environments with status, owner, expiry and URL",
        options: [
            { flags: "--base <stack>", description: "only those on this base (default: all bases that have a settings file)" },
        ],
        examples: ["understudy branch list", "understudy branch list --base dev --json"],
        load: () => (require("./handlers/branch") as typeof import("./handlers/branch")).list,
    },
    {
        name: "branch extend",
        words: "[branch]",
        summary: "keep the environment of a git branch for longer",
        options: [branch, base, { flags: "--by <duration>", description: "how much longer, such as 3d (default: the ttl of the base's settings)" }],
        examples: ["understudy branch extend", "understudy branch extend feature/search --by 3d"],
        load: () => (require("./handlers/keep") as typeof import("./handlers/keep")).extend,
    },
    {
        name: "branch pin",
        words: "[branch]",
        summary: "keep the environment of a git branch until it is unpinned or removed",
        options: [
            branch,
            base,
            { flags: "--reason <text>", description: "why it has to stay (required)" },
            { flags: "--owner <name>", description: "who says so (default: git's user.email)" },
        ],
        examples: ["understudy branch pin feature/search --reason demo-on-friday"],
        load: () => (require("./handlers/keep") as typeof import("./handlers/keep")).pin,
    },
    {
        name: "branch unpin",
        words: "[branch]",
        summary: "let the environment of a git branch expire again, tomorrow at the earliest",
        options: [branch, base],
        examples: ["understudy branch unpin feature/search"],
        load: () => (require("./handlers/keep") as typeof import("./handlers/keep")).unpin,
    },
    {
        name: "branch sweep",
        summary: "remove environments that nobody needs any more, and whatever is left of those that are gone",
        options: [
            base,
            { flags: "--remote <url>", description: "a git repository whose branches have environments: one whose branch is in none of them goes (repeatable)", repeated: true },
            { flags: "--repository <owner/name>", description: "ask GitHub for branches and pull requests, and say there what was removed (default in a workflow: its own)" },
            { flags: "--dry-run", description: "only say what would be removed, which is the default in a terminal" },
            { flags: "-y, --yes", description: "do it" },
        ],
        examples: ["understudy branch sweep", "understudy branch sweep --remote https://git.example.com/shop.git --yes"],
        load: () => (require("./handlers/sweep") as typeof import("./handlers/sweep")).sweep,
    },
    {
        name: "registry repair",
        words: "<stack>",
        summary: "bring the registry of staging or dev to what the stacks of its branches say, when it was lost or is behind",
        options: [{ flags: "-y, --yes", description: "do it (default: only say what would be done)" }],
        examples: ["understudy registry repair staging", "understudy registry repair staging --yes"],
        load: () => (require("./handlers/sweep") as typeof import("./handlers/sweep")).repair,
    },
    {
        name: "drift",
        words: "<stack>",
        summary: "say what of a stack was changed or removed by hand since its last update",
        options: [{ flags: "--base <stack>", description: "of a branch's stack: the environment it stands on (default: staging)" }],
        examples: ["understudy drift staging", "understudy drift branch-feature-search-38e7a3a2 --json"],
        load: () => (require("./handlers/drift") as typeof import("./handlers/drift")).drift,
    },
    {
        name: "branch url",
        words: "[branch]",
        summary: "print the URL of a branch's environment",
        options: [branch, base],
        examples: ["understudy branch url", "curl \"$(understudy branch url feature/search)\""],
        load: () => (require("./handlers/branch") as typeof import("./handlers/branch")).url,
    },
    {
        name: "branch logs",
        words: "[branch]",
        summary: "print the logs of a branch's environment",
        options: [
            branch,
            base,
            { flags: "-s, --service <name>", description: "only this service" },
            { flags: "-f, --follow", description: "go on until interrupted" },
            { flags: "--since <duration>", description: "how far back, such as 10m or 2h (default: 1h)" },
        ],
        examples: ["understudy branch logs -f", "understudy branch logs feature/search --service api --since 10m"],
        load: () => (require("./handlers/branch") as typeof import("./handlers/branch")).logs,
    },
    {
        name: "branch id",
        words: "[names...]",
        summary: "print id, stack and host of branch names; `-` reads names from standard input, one per line",
        options: [{ flags: "--base <stack>", description: "the environment they stand on (default: staging)" }],
        examples: ["understudy branch id feature/search", "git branch --format='%(refname:short)' | understudy branch id - --json"],
        load: () => (require("./handlers/branchId") as typeof import("./handlers/branchId")).branchId,
    },
    {
        name: "report pr",
        summary: "tell a pull request on GitHub how the environment of its branch is: one comment, and a deployment",
        options: [
            { flags: "--pr <number>", description: "the pull request (default: GitHub's event, or the newest one of the branch)" },
            { flags: "-b, --branch <name>", description: "the git branch (default: GitHub's event, or the one that is checked out)" },
            base,
            { flags: "--repository <owner/name>", description: "the repository on GitHub (default: GITHUB_REPOSITORY)" },
            { flags: "--commit <sha>", description: "the commit that the run was about (default: GitHub's event)" },
            { flags: "--status <word>", description: "what is known of the run: started, success, failure, cancelled or skipped" },
            { flags: "--result <file>", description: "what `branch up --json` or `branch down --json` printed; may be missing or cut short" },
        ],
        examples: ["understudy report pr --status started", "understudy report pr --pr 12 --branch feature/search --status success --result result.json"],
        load: () => (require("./handlers/report") as typeof import("./handlers/report")).pullRequest,
    },
    {
        name: "env",
        words: "<stack>",
        summary: "print the variables that let plain `pulumi` work on a stack",
        options: [{ flags: "--base <stack>", description: "of a branch's stack: the environment it stands on (default: staging)" }],
        examples: ['eval "$(understudy env staging)"; pulumi up -s staging'],
        load: () => (require("./handlers/env") as typeof import("./handlers/env")).env,
    },
    {
        name: "model",
        summary: "print how the Compose file is understood, with all its problems",
        options: [{ flags: "--app <dir>", description: "folder with compose.yaml (default: app, beside Pulumi.yaml)" }],
        examples: ["understudy model", "understudy model --app ../shop/app --json"],
        load: () => (require("./handlers/model") as typeof import("./handlers/model")).model,
    },
    {
        name: "config check",
        words: "[file]",
        summary: "check the settings of all stacks, or one settings file, together with the application",
        options: [app],
        examples: ["understudy config check", "understudy config check Pulumi.staging.yaml --json"],
        load: () => (require("./handlers/config") as typeof import("./handlers/config")).check,
    },
    {
        name: "batches check",
        words: "<file>",
        summary: "check a schedules file and print how it is understood",
        options: [app],
        examples: ["understudy batches check app/schedules.yaml", "understudy batches check app/schedules.yaml --json"],
        load: () => (require("./handlers/batches") as typeof import("./handlers/batches")).check,
    },
    {
        name: "local up",
        summary: "start AWS on this machine, with production, staging, dev and two branch environments of the sample application",
        options: [{ flags: "--bare", description: "start the world only, deploy nothing" }],
        examples: ["understudy local up"],
        load: () => (require("./handlers/local") as typeof import("./handlers/local")).up,
    },
    {
        name: "local down",
        summary: "stop everything that `local up` started, also what a crash left behind",
        examples: ["understudy local down"],
        load: () => (require("./handlers/local") as typeof import("./handlers/local")).down,
    },
    {
        name: "local status",
        summary: "show what of the local world runs, and where",
        examples: ["understudy local status --json"],
        load: () => (require("./handlers/local") as typeof import("./handlers/local")).status,
    },
    {
        name: "local reset",
        summary: "stop the local world and delete everything it keeps",
        options: [{ flags: "-y, --yes", description: "do not ask" }],
        examples: ["understudy local reset --yes"],
        load: () => (require("./handlers/local") as typeof import("./handlers/local")).reset,
    },
];
