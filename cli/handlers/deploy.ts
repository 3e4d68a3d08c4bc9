import type { DeployOptions, ImageChoice } from "../../automation/index";
import type { Handler } from "../commands";
import type { Context } from "../context";
import { confirmationOf } from "./confirm";
import { choiceOf, optional, takeOverOf } from "./options";
import { describeEnvironment } from "./describe";
import { pushCommit } from "./push";

/** `understudy deploy`. Production asks to type its name; everything else is deployed without a question. */
export const deploy: Handler = async (context, [stack = ""], options) => {
    const confirm = stack === "production" ? await confirmationOf(context, options, stack, "This changes production.") : optional(options, "confirm");
    const choice = choiceOf(options);
    const confirmed = confirm === undefined ? {} : { confirm };
    if (context.local) check(context, stack, confirmed); // nothing is pushed for what is refused
    const result = await context.api().deploy(stack, { ...choice, ...(await commitOf(context, stack, choice, confirmed)), ...confirmed, ...takeOverOf(options) });
    context.progress.stop();
    context.output.result(result, describeEnvironment(result, context.output.colors));
    return 0;
};

/** Fails on what `deploy` would fail on before it asks AWS. */
function check(context: Context, stack: string, confirmed: DeployOptions): void {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- on AWS the command does without it
    const { checkDeploy } = require("../../automation/deploy") as typeof import("../../automation/deploy");
    checkDeploy(context, stack, confirmed);
}

/**
 * In the local world, the release that the commit here has been pushed as; none where images are named. A base that has no repositories yet
 * is deployed without a release first.
 */
async function commitOf(context: Context, stack: string, choice: ImageChoice, confirmed: DeployOptions): Promise<ImageChoice> {
    if (Object.keys(choice.images ?? {}).length > 0) return {};
    const push = (): ReturnType<typeof pushCommit> => pushCommit(context, { base: stack }, choice);
    const pushed = await push();
    if (pushed === undefined) return {};
    if (pushed.withoutRepository.length > 0) {
        await context.api().deploy(stack, confirmed);
        await push();
    }
    return { release: pushed.tag };
}

/** `understudy destroy`. Always asks to type the stack's name. */
export const destroy: Handler = async (context, [stack = ""], options) => {
    const confirm = await confirmationOf(context, options, stack, `This removes ${stack} and everything in it.`);
    const result = await context.api().destroy(stack, { ...(confirm !== undefined && { confirm }), ...takeOverOf(options) });
    context.progress.stop();
    context.output.result(result, `${stack} is gone: ${result.changes.deleted} resources deleted`);
    return 0;
};
