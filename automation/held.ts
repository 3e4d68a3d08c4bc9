import type { BaseSettings } from "../model/settings";
import type { Clients } from "./aws/clients";
import type { Context, Patience } from "./options";
import type { Lease } from "./registry/lease";
import { Registry } from "./registry/registry";

export interface BaseWork {
    readonly stack: string;
    readonly settings: Pick<BaseSettings, "app" | "kind">;
    readonly patience: Patience;
}

/**
 * Does `work` while nobody else may touch a base; of several each has their turn. A base that was never brought up has no registry yet, and
 * one that is gone has none any more: then the engine's own lock has to do.
 */
export async function whileBaseHeld<T>(context: Context, aws: Clients, { stack, settings, patience }: BaseWork, work: (lease: Lease | undefined) => Promise<T>): Promise<T> {
    const registry = Registry.open(context, aws, settings);
    return (await registry.exists()) ? registry.whileBaseHeld(stack, patience, work) : work(undefined);
}
