import type { Handler } from "../commands";
import { confirmationOf } from "./confirm";
import { imagesOf, optional } from "./options";
import { describeEnvironment } from "./describe";

/** `understudy deploy`. Production asks to type its name; everything else is deployed without a question. */
export const deploy: Handler = async (context, [stack = ""], options) => {
    const release = optional(options, "release");
    const confirm = stack === "production" ? await confirmationOf(context, options, stack, "This changes production.") : undefined;
    const result = await context.api().deploy(stack, {
        ...imagesOf(options),
        ...(release === undefined ? {} : { release }),
        ...(confirm === undefined ? {} : { confirm }),
    });
    context.output.result(result, describeEnvironment(result));
    return 0;
};

/** `understudy destroy`. Always asks to type the stack's name. */
export const destroy: Handler = async (context, [stack = ""], options) => {
    const confirm = await confirmationOf(context, options, stack, `This removes ${stack} and everything in it.`);
    const result = await context.api().destroy(stack, confirm === undefined ? {} : { confirm });
    context.output.result(result, `${stack} is gone: ${result.changes.deleted} resources deleted`);
    return 0;
};
