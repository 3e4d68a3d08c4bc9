import type { BaseSettings, BranchSettings } from "../../model/settings";
import { contractOutput, contractVersion, parseContract, type Contract } from "../../stacks/contract";
import { UnderstudyError } from "../errors";
import type { StackState } from "../state/stackState";

/** What a base lends by its state; undefined when it publishes nothing, or something that this program cannot read. */
export function contractOf(state: StackState | undefined, base: string, { app, kind, account, region, zone }: BaseSettings): Contract | undefined {
    return parseContract(state?.outputs[contractOutput], base, { app, base: kind, account, region, zone }).contract;
}

/** What a base lends. Fails when a branch cannot stand on its base: there is none, it was made by another version, or it is another base than the settings say. */
export function checkBase(state: StackState | undefined, { base, app, baseKind, account, region, zone }: BranchSettings): Contract {
    const published = state?.outputs[contractOutput];
    if (published === undefined) {
        const message = state === undefined ? `the base ${base} is not there` : `the base ${base} was never brought up completely`;
        throw new UnderstudyError("base-missing", message, `bring it up with \`understudy deploy ${base}\`, or name another one with --base`);
    }
    const { contract, problems } = parseContract(published, base, { app, base: baseKind, account, region, zone });
    if (contract !== undefined) return contract;

    const { version } = (published ?? {}) as { readonly version?: unknown };
    const newer = typeof version === "number" && version > contractVersion;
    const advice = newer ? "use the version of this program that made the base, or a newer one" : `bring the base up with \`understudy deploy ${base}\``;
    throw new UnderstudyError(newer ? "newer-state" : "base-missing", `no branch can stand on the base ${base}`, advice, { problems });
}

/** Names of the repositories that a base lends to its branches, as its state says them: however old it is, only what looks like one counts. */
export function lentRepositories(state: StackState | undefined): readonly string[] {
    const { repositories } = (state?.outputs[contractOutput] ?? {}) as { readonly repositories?: Readonly<Record<string, unknown>> };
    return repositoryNames(repositories ?? {});
}

/** Names of repositories by their URLs. @example "shop/web" for "222222222222.dkr.ecr.eu-west-1.amazonaws.com/shop/web" */
export function repositoryNames(urls: Readonly<Record<string, unknown>>): readonly string[] {
    return Object.values(urls).flatMap((url) => (typeof url === "string" && url.includes("/") ? [url.slice(url.indexOf("/") + 1)] : []));
}
