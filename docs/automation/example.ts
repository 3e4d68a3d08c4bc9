import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { exitCodes, understudy, UnderstudyError, type BranchUpOptions, type Event, type Understudy } from "../../automation/index";
import { sampleRelease } from "../../local/showcase";
import { defaultDirectories, openWorld, type World } from "../../local/world";

// Calls the API from another program: `npx ts-node -T docs/automation/example.ts feature/search`, in a checkout, with AWS credentials, once CI has
// pushed the branch's images; or with `--local` behind it, in the local world that `make local` has started, with the release that runs there.

/** Brings up the environment of a branch, uses it, and removes it again with `cleaner`, whatever came of that. */
export async function withEnvironment<T>(api: Understudy, cleaner: Understudy, wanted: BranchUpOptions, use: (url: string) => Promise<T>): Promise<T> {
    let result: T;
    try {
        const { url } = await api.branch.up(wanted);
        if (url === undefined) throw new Error(`${wanted.branch} has no web service that could be opened`);
        result = await use(url);
    } catch (error) {
        // A removal that fails as well, perhaps for the same reason, must not hide what went wrong first.
        await remove(cleaner, wanted).catch((other: unknown) => console.error(`${wanted.branch} may be left behind:`, textOf(other)));
        throw error;
    }
    await remove(cleaner, wanted);
    return result;
}

async function remove(api: Understudy, { branch, base = "staging" }: BranchUpOptions): Promise<void> {
    const left = await api.branch.list({ base });
    if (left.some((found) => found.branch === branch)) await api.branch.down({ branch, base });
}

async function main(branch: string, local: boolean): Promise<void> {
    const interrupted = new AbortController();
    process.once("SIGINT", () => interrupted.abort());
    const world = local ? runningWorld() : undefined;
    const options = { onEvent: report, ...(world && { surroundings: world }) };
    const wanted = { branch, base: "staging", owner: "example@example.com", ...(world && { release: sampleRelease }) };
    // What clears up does not hear the signal, so that an interrupted run leaves nothing behind.
    await withEnvironment(understudy({ ...options, signal: interrupted.signal }), understudy(options), wanted, async (url) => {
        console.log(`${url} answers with status ${await statusOf(url, world?.frontDoor)}`);
    });
}

function runningWorld(): World {
    const world = openWorld(defaultDirectories(process.cwd()).world);
    if (world === undefined) throw new UnderstudyError("network", "the local world does not run", "start it: make local");
    return world;
}

/** Asks for a page at `door`: a local world's front door has one host for all, since not every system finds those below `localhost`. */
async function statusOf(page: string, door = page): Promise<number | undefined> {
    const { host, protocol } = new URL(page);
    const request = (protocol === "https:" ? https : http).get(door, { headers: { host } });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return response.resume().statusCode;
}

function report(event: Event): void {
    if (event.type === "step" && event.state !== "started") console.error(`${event.name}: ${event.state} after ${(event.seconds ?? 0).toFixed(1)} s`);
    if (event.type === "warning") console.error(event.message);
}

/** In two lines what the API has foreseen, everything else with its stack. */
function textOf(error: unknown): unknown {
    return error instanceof UnderstudyError ? `${error.message}\n${error.advice}` : error;
}

function fail(error: unknown): void {
    console.error(textOf(error));
    process.exitCode = error instanceof UnderstudyError ? exitCodes[error.kind] : 1;
}

if (require.main === module) {
    const [branch, ...more] = process.argv.slice(2).filter((word) => word !== "--local");
    if (branch !== undefined && more.length === 0) main(branch, process.argv.includes("--local")).catch(fail);
    else {
        console.error("usage: npx ts-node -T docs/automation/example.ts <branch> [--local]");
        process.exitCode = 2;
    }
}
