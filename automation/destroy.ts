import { backendOf } from "./backend";
import { checkAccount } from "./aws/account";
import { makeClients } from "./aws/clients";
import { removeStack, type Removed } from "./branch/down";
import { listStacks } from "./branch/stacks";
import { UnderstudyError } from "./errors";
import { step } from "./events";
import { whileBaseHeld } from "./held";
import type { Context, Patience } from "./options";
import { findProject, readStack } from "./settings/project";
import { openStore } from "./state/openStore";
import { Stop } from "./stop";
import { together } from "./together";

export interface DestroyOptions extends Patience {
    /** The stack's name once more: nothing is destroyed without it. */
    readonly confirm?: string;
}

/** Removes a base and everything in it. Fails with kind `refused`, naming them, while branch environments stand on it. */
export async function destroy(context: Context, stack: string, options: DestroyOptions = {}): Promise<Removed> {
    const project = findProject(context.directory);
    const { settings } = readStack(project, stack);
    if (options.confirm !== stack) {
        const message = options.confirm === undefined ? `${stack} is only destroyed when its name is confirmed` : `the confirmation says ${options.confirm}, but this is ${stack}`;
        throw new UnderstudyError("refused", message, `confirm it with --confirm ${stack}`);
    }
    const { kind, app, account, region, role } = settings;
    const place = { app, account, region, ...(role !== undefined && { role }) };
    const whenMissing = "it is gone already, unless its state is elsewhere: then correct `understudy:backend`";
    const mayGo = (): Promise<void> => refuseLending(context, stack);
    const aws = makeClients(context.env, place);
    const backend = backendOf(context, stack, settings);
    await together([openStore(backend.url, context.env), checkAccount(aws, place)]);
    return whileBaseHeld(context, aws, { stack, settings, patience: options }, async (lease) => {
        using stop = new Stop(context.signal, lease?.signal);
        const inner = { ...context, signal: stop.signal };
        return await removeStack(inner, { dead: lease?.dead, stack, environment: kind, backend, project: project.name, patience: options, whenMissing, place, mayGo });
    });
}

/** Counted by their stacks, which need AWS: what the registry says would go with the base. */
async function refuseLending(context: Context, stack: string): Promise<void> {
    const branches = await step(context.emit, "look for branches", () => listStacks(context, stack), (found) => `${found.length}`);
    if (branches.length === 0) return;
    const names = branches.map(({ branch, id }) => branch ?? id).join(", ");
    throw new UnderstudyError("refused", `these branch environments stand on ${stack}: ${names}`, "remove them with `understudy branch down`");
}
