import path from "node:path";
import type { ImageChoice, Patience } from "../../automation/index";
import type { Context } from "../context";
import type { Options } from "../commands";
import { UsageError } from "../errors";
import { branchNameProblem } from "../../model/branchName";
import { currentBranch } from "../git";

/** The value of an option that takes one. */
export function optional(options: Options, name: string): string | undefined {
    const value = options[name];
    return typeof value === "string" ? value : undefined;
}

/** The base that a branch stands on. */
export function baseOf(options: Options): string {
    return optional(options, "base") ?? "staging";
}

/** Whether a lock may be freed whose owner is not proven dead. */
export function takeOverOf(options: Options): Patience {
    return options["takeOver"] === true ? { takeOver: true } : {};
}

/** An absolute folder, from where the command was typed. */
export function folderOf(context: Context, options: Options, name: string): string | undefined {
    const folder = optional(options, name);
    return folder === undefined ? undefined : path.resolve(context.directory, folder);
}

/** The branch that is meant: by word, by option, or the one that is checked out. Fails with git's reason when git would refuse the name. */
export async function branchOf(context: Context, words: readonly string[], options: Options): Promise<string> {
    const [word] = words;
    const named = optional(options, "branch");
    if (word !== undefined && named !== undefined && word !== named) {
        throw new UsageError(`two branches are named: ${word} and ${named}`, "name one");
    }
    const branch = word ?? named ?? (await currentBranch(context.directory));
    const problem = branchNameProblem(branch);
    if (problem !== undefined) throw new UsageError(`${JSON.stringify(branch)}: ${problem}`, "give the name as `git branch` prints it");
    return branch;
}

/**
 * What `--release` and `--image` ask for. Fails when both name a tag for all own images.
 */
export function choiceOf(options: Options): ImageChoice {
    const choice = imagesOf(options);
    const release = optional(options, "release");
    if (release === undefined) return choice;
    if (release === "") throw new UsageError('--release "" names no tag', "give the tag to run");
    if (choice.release !== undefined) throw new UsageError(`two tags for all own images: --release ${release} and --image ${choice.release}`, "give one of them");
    return { ...choice, release };
}

/**
 * `--image service=ref`, as often as given; without a service it is the tag of all own images. Fails on a service that is named twice, with
 * both values.
 */
export function imagesOf(options: Options): ImageChoice {
    const given = options["image"];
    const images = new Map<string, string>();
    for (const value of Array.isArray(given) ? (given as readonly string[]) : []) {
        const [, service = all, reference = ""] = /^(?:([^=]*)=)?(.*)$/s.exec(value) ?? [];
        if (service === "") throw new UsageError(`--image ${value} names no service`, `write --image service=tag, or --image tag for ${all}`);
        if (reference === "") throw new UsageError(`--image ${value || '""'} names no image`, `write --image service=tag, or --image tag for ${all}`);
        const other = images.get(service);
        if (other !== undefined) throw new UsageError(`--image names ${service} twice: ${other} and ${reference}`, "give each service once");
        images.set(service, reference);
    }
    const { [all]: release, ...named } = Object.fromEntries(images);
    return { images: named, ...(release === undefined ? {} : { release }) };
}

/** `--only` names the services that a branch runs, `--all` is for every one of them; without either nothing is said. Fails on both. */
export function onlyOf(options: Options): { readonly only?: readonly string[] } {
    const given = options["only"];
    const only = Array.isArray(given) ? (given as readonly string[]) : undefined;
    if (options["all"] === true && only !== undefined) throw new UsageError(`--only ${only.join(" ")} and --all say different things`, "give one of them");
    if (options["all"] === true) return { only: [] };
    return only === undefined ? {} : { only };
}

/** What stands for a service in `--image` when none is named. */
const all = "all own images";
