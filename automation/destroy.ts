import { backendOf } from "./backend";
import { removeStack, type Removed } from "./branch/down";
import { list } from "./branch/list";
import { UnderstudyError } from "./errors";
import { step } from "./events";
import type { Context, Patience } from "./options";
import { findProject, readStack } from "./settings/project";

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
    const mayGo = async (): Promise<void> => {
        const branches = await step(context.emit, "look for branches", () => list(context, { base: stack }), (found) => `${found.length}`);
        if (branches.length === 0) return;
        const names = branches.map(({ branch, id }) => branch ?? id).join(", ");
        throw new UnderstudyError("refused", `these branch environments stand on ${stack}: ${names}`, "remove them with `understudy branch down`");
    };
    const { kind, app, account, region, role } = settings;
    const place = { app, account, region, ...(role !== undefined && { role }) };
    const whenMissing = "it is gone already, unless its state is elsewhere: then correct `understudy:backend`";
    return removeStack(context, { stack, environment: kind, backend: backendOf(context, stack, settings), project: project.name, patience: options, whenMissing, place, mayGo });
}
