import type { StateStore } from "./store";

/**
 * What the engine last did to a stack, such as `update`, `refresh` or `destroy`, whatever came of it; undefined where nothing was written
 * down, as after a SIGKILL.
 */
export async function lastRun(store: StateStore, project: string, stack: string): Promise<string | undefined> {
    const keys = await store.list(`.pulumi/history/${project}/${stack}/`);
    const latest = keys.filter((key) => /\.history\.json$/.test(key)).at(-1); // named by their time
    const text = latest === undefined ? undefined : await store.read(latest);
    try {
        const { kind } = JSON.parse(text ?? "{}") as { readonly kind?: unknown };
        return typeof kind === "string" ? kind : undefined;
    } catch {
        return undefined; // a kill has cut it short
    }
}
