import type { Check } from "../../automation/index";
import { UnderstudyError } from "../../automation/errors";
import type { Handler } from "../commands";
import type { Context } from "../context";

const marks = { ok: "✓", warning: "!", failed: "✗" } as const;

/** `understudy doctor`. Exit code 1 when something keeps the tool from working. */
export const doctor: Handler = async (context) => {
    const checks = checkWorld(context) ?? (await context.api().doctor());
    const lines = checks.flatMap(({ name, status, message, advice }) => [
        `${marks[status]} ${name}: ${message}`,
        ...(advice === undefined ? [] : [`    ${advice}`]),
    ]);
    context.output.result(checks, lines.join("\n"));
    return checks.some(({ status }) => status === "failed") ? 1 : 0;
};

/** What is wrong with the local world, where this is about it: without one there is nothing else to look at. */
function checkWorld(context: Context): readonly Check[] | undefined {
    try {
        if (context.local) context.world();
        return undefined;
    } catch (error) {
        if (!(error instanceof UnderstudyError) || error.kind !== "network") throw error;
        return [{ name: "local world", status: "failed", message: error.message, advice: error.advice }];
    }
}
