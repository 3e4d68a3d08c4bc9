import { defaultDirectories, readWorld } from "../../local/world";
import { exitCodes, understudy, UnderstudyError, type Event, type Understudy } from "../../automation/index";

// Calls the API from another program: `npx ts-node -T docs/automation/example.ts feature/search`, in a checkout, with AWS credentials; or with
// `--local` behind it, in the local world that `make local` has started.

/** Brings up the environment of a branch, uses it, and removes it again with `cleaner`, whatever came of that. */
export async function withEnvironment<T>(api: Understudy, cleaner: Understudy, branch: string, use: (url: string) => Promise<T>): Promise<T> {
    try {
        const { url } = await api.branch.up({ branch, base: "staging", owner: "example@example.com" });
        if (url === undefined) throw new Error(`${branch} has no web service that could be opened`);
        return await use(url);
    } finally {
        const left = await cleaner.branch.list({ base: "staging" });
        if (left.some((found) => found.branch === branch)) await cleaner.branch.down({ branch, base: "staging" });
    }
}

async function main(branch: string, local: boolean): Promise<void> {
    const interrupted = new AbortController();
    process.once("SIGINT", () => interrupted.abort());
    const world = local ? readWorld(defaultDirectories(process.cwd()).world) : undefined;
    const options = { onEvent: report, ...(world && { surroundings: world }) };
    // What clears up does not hear the signal, so that an interrupted run leaves nothing behind.
    await withEnvironment(understudy({ ...options, signal: interrupted.signal }), understudy(options), branch, async (url) => {
        const { status } = await fetch(url);
        console.log(`${url} answers with status ${status}`);
    });
}

function report(event: Event): void {
    if (event.type === "step" && event.state !== "started") console.error(`${event.name}: ${event.state} after ${(event.seconds ?? 0).toFixed(1)} s`);
    if (event.type === "warning") console.error(event.message);
}

if (require.main === module) {
    const [branch = "", ...options] = process.argv.slice(2);
    main(branch, options.includes("--local")).catch((error: unknown) => {
        if (!(error instanceof UnderstudyError)) throw error;
        console.error(`${error.message}\n${error.advice}`);
        process.exitCode = exitCodes[error.kind];
    });
}
