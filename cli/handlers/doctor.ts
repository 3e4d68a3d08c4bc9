import type { Handler } from "../commands";

const marks = { ok: "✓", warning: "!", failed: "✗" } as const;

/** `understudy doctor`. Exit code 1 when something keeps the tool from working. */
export const doctor: Handler = async (context) => {
    const checks = await context.api().doctor();
    const lines = checks.flatMap(({ name, status, message, advice }) => [
        `${marks[status]} ${name}: ${message}`,
        ...(advice === undefined ? [] : [`    ${advice}`]),
    ]);
    context.output.result(checks, lines.join("\n"));
    return checks.some(({ status }) => status === "failed") ? 1 : 0;
};
