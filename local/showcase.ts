import { join } from "node:path";
import { understudy, type Event, type Understudy } from "../automation/index";
import type { BaseSettings } from "../model/settings";
import { branchId } from "../model/names";
import { pushImages } from "./images/push";
import { makeSampleRepository, sampleAuthor, type SampleRepository } from "./images/sample";
import type { World } from "./world";

export interface ShowcaseOptions {
    readonly world: World;
    /** The project's folder. */
    readonly directory: string;
    /** Folder of the application that becomes the sample repository. */
    readonly appDir: string;
    readonly bases: readonly BaseSettings[];
    /** Build context of each own image, from the application's folder. @example { api: "api" } */
    readonly contexts: Readonly<Record<string, string>>;
    /** `subject` is the stack that an event is about. */
    readonly onEvent: (event: Event, subject: string) => void;
    readonly signal?: AbortSignal;
}

/** Where one environment answers. */
export interface Showpiece {
    readonly stack: string;
    /** Absent without a main web service. */
    readonly url?: string;
    /** The branch's full name; absent for bases. */
    readonly branch?: string;
}

/** The release under which the sample's main branch runs. */
export const sampleRelease = "1.0.0";

/**
 * Shows the whole thing on a running world: deploys every base twice, first without a release, which makes its repositories, then with the
 * one of the sample's main branch; and makes an environment on staging for each of the sample's other branches. Bases come up side by side, branches too.
 */
export async function showcase(options: ShowcaseOptions): Promise<readonly Showpiece[]> {
    const { world, bases, appDir } = options;
    const show = { ...options, sample: await makeSampleRepository(appDir, join(world.directory, "sample")), warned: new Set<string>() };
    const deployed = await allOf(bases.map((base) => deployBase(show, base)));

    const staging = bases.find(({ kind }) => kind === "staging");
    if (staging === undefined) return deployed;
    const branches = Object.keys(show.sample.commits).filter((branch) => branch !== "main");
    const made = branches.map(async (branch): Promise<Showpiece> => {
        await pushCommit(show, branch, { base: staging, commit: branch, tag: branchId(branch) });
        const { stack, url } = await apiOf(options, branch).branch.up({ branch, base: staging.kind, owner: sampleAuthor.email });
        return { stack, branch, ...(url !== undefined && { url }) };
    });
    return [...deployed, ...(await allOf(made))];
}

interface Show extends ShowcaseOptions {
    readonly sample: SampleRepository;
    /** Why images cannot be built, as far as it has been said: what is true of all environments is said of the first. */
    readonly warned: Set<string>;
}

/** What all of them give. When one fails, the others still come to their end first: their engines are not left alone. */
async function allOf<T>(works: readonly Promise<T>[]): Promise<readonly T[]> {
    await Promise.allSettled(works);
    return Promise.all(works);
}

async function deployBase(show: Show, base: BaseSettings): Promise<Showpiece> {
    const stack = base.kind;
    const api = apiOf(show, stack);
    // That there is no release yet is meant to be so; whatever else the first run warns of, the second says again.
    const onEvent = (event: Event): void => (event.type === "warning" ? undefined : show.onEvent(event, stack));
    await apiOf({ ...show, onEvent }, stack).deploy(stack, { confirm: stack });
    await pushCommit(show, stack, { base, commit: "main", tag: sampleRelease });
    const { url } = await api.deploy(stack, { release: sampleRelease, confirm: stack });
    return { stack, ...(url !== undefined && { url }) };
}

interface CommitToPush {
    readonly base: BaseSettings;
    readonly commit: string;
    readonly tag: string;
}

/** What CI does on AWS: the images of a commit, pushed to a base's repositories under a tag. */
async function pushCommit({ world, contexts, onEvent, sample, warned }: Show, subject: string, { base, commit, tag }: CommitToPush): Promise<void> {
    const folders = Object.fromEntries(Object.entries(contexts).map(([image, context]) => [image, join("app", context)]));
    const { notBuilt } = await pushImages({ world, base, repository: sample.directory, commit, contexts: folders, tag });
    for (const message of notBuilt.filter((each) => !warned.has(each))) {
        warned.add(message);
        onEvent({ type: "warning", message }, subject);
    }
}

function apiOf({ world, directory, onEvent, signal }: ShowcaseOptions, subject: string): Understudy {
    return understudy({ directory, surroundings: world, onEvent: (event) => onEvent(event, subject), ...(signal && { signal }) });
}
