import type { Handler } from "../commands";
import { table } from "../output";
import { baseOf } from "./options";

/** `understudy drift`. Differences are a result, not a failure. */
export const drift: Handler = async (context, [stack = ""], options) => {
    const drifted = await context.api().drift(stack, { base: baseOf(options) });
    context.progress.stop();
    const rows = drifted.map(({ state, type, name, properties }) => [state, type, name, properties.join(", ")]);
    context.output.result(drifted, table(["", "type", "name", "what differs"], rows) || `${stack} is as its last update left it`);
    return 0;
};
