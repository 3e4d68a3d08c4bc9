import { repositoryName } from "../../model/names";
import type { BaseSettings } from "../../model/settings";
import { megabytes } from "../../model/units";
import { checkAccount } from "../aws/account";
import { makeClients, type Clients } from "../aws/clients";
import { calling } from "../aws/errors";
import { planImages, resolveImages, type ImageChoice, type WantedImage } from "../aws/images";
import { findImage, putManifest } from "../aws/manifests";
import { throwIfInterrupted } from "../engine/workspace";
import { UnderstudyError } from "../errors";
import { step, type Emit } from "../events";
import type { Context } from "../options";
import { findProject, readEnvironment, readStack } from "../settings/project";
import { together } from "../together";
import { copyLayer, missingLayers, readImage, type Layer, type Side, type WholeImage } from "./layers";

/** Which images are copied, and between whose registries. What nobody names is left out. */
export interface ReleaseCopyOptions extends ImageChoice {
    /** Stack from whose registry they come. Default `staging`. */
    readonly from?: string;
    /** Stack into whose registry they go. Default `production`. */
    readonly to?: string;
    /** The tag that they get there. Default: the one by which they are named. */
    readonly as?: string;
}

/** One image that is in the other registry now. */
export interface CopiedImage {
    /** The own image. */
    readonly image: string;
    /** The same in both registries. */
    readonly digest: string;
    /** Its tag in the other one; absent when it was named by its digest. */
    readonly tag?: string;
    /** Layers that had to be copied; 0 when all were there. */
    readonly layers: number;
    /** Bytes of these layers. */
    readonly bytes: number;
}

export interface ReleaseCopied {
    readonly from: string;
    readonly to: string;
    readonly images: readonly CopiedImage[];
    readonly seconds: number;
}

/** How many layers are under way at once: each takes the memory of one part, twice while it is sent. */
const mostLayers = 4;

/**
 * Copies images from one base's registry into another's, digest for digest, with the role of each side. What is there already is not copied
 * again, so that a copy that was stopped goes on. Fails with kind `refused`, before anything is written, when a tag is another image's there.
 */
export async function copyRelease(context: Context, options: ReleaseCopyOptions): Promise<ReleaseCopied> {
    const begin = performance.now();
    const { emit, env } = context;
    const { from = "staging", to = "production" } = options;
    const { source, target, wanted } = readCopy(context, options);
    const aws = { source: makeClients(env, source), target: makeClients(env, target) };
    await together([checkAccount(aws.source, source), checkAccount(aws.target, target)]);

    const digests = await step(emit, "resolve images", () => resolveImages(aws.source, { wanted, kept: {} }, context.surroundings));
    const copies = await Promise.all(wanted.map((image) => planCopy(aws, { target, to }, image, digests[image.image] ?? "", options.as)));
    refuseOtherImages(copies, to);

    const missing = copies.reduce((sum, { missing: layers }) => sum + layers.length, 0);
    const total = copies.reduce((sum, { missing: layers }) => sum + sizeOf(layers), 0);
    await step(emit, "copy images", () => copyAll(copies, context), () => `${copies.length}, with ${missing} ${missing === 1 ? "layer" : "layers"} of ${megabytes(total)}`);
    await tagAll(copies, to);
    await calling(`look whether ${to} has the images`, () => Promise.all(copies.map(verify)));

    const images = copies.map(({ image, digest, tag, missing: layers }) => ({ image, digest, ...(tag !== undefined && { tag }), layers: layers.length, bytes: sizeOf(layers) }));
    return { from, to, images, seconds: (performance.now() - begin) / 1000 };
}

interface Copying {
    readonly source: BaseSettings;
    readonly target: BaseSettings;
    readonly wanted: readonly WantedImage[];
}

/** All that is known without AWS. Fails when an option, the settings or the Compose file are wrong. */
function readCopy({ directory }: Context, options: ReleaseCopyOptions): Copying {
    const { from = "staging", to = "production", as } = options;
    if (from === to) throw new UnderstudyError("settings", `${from} is both sides of the copy`, "name two stacks with --from and --to");
    if (as !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(as)) throw new UnderstudyError("settings", `${as} is no tag; one has at most 128 letters, digits and . _ -`, "give another one with --as");
    const project = findProject(directory);
    const source = readStack(project, from).settings;
    const target = readStack(project, to);
    const { images } = readEnvironment(project, target.settings, target.file).environment;
    // The rules of where they go, and the names of where they are. What nobody names counts as known, and so is not wanted.
    const place = { kind: target.settings.kind, app: source.app, account: source.account, region: source.region, images };
    const { wanted } = planImages(place, options, Object.fromEntries(images.map(({ name }) => [name, ""])));
    if (wanted.length === 0) throw new UnderstudyError("settings", "nothing says which images to copy", "name a release, or images with --image");
    return { source, target: target.settings, wanted };
}

/** One image on its way. */
interface Copy extends WholeImage {
    readonly image: string;
    readonly digest: string;
    readonly tag: string | undefined;
    readonly from: Side;
    readonly to: Side;
    /** Layers that the target does not have. */
    readonly missing: readonly Layer[];
    /** What has the tag in the target. */
    readonly holder: string | undefined;
}

async function planCopy(
    aws: { readonly source: Clients; readonly target: Clients },
    { target, to: stack }: { readonly target: BaseSettings; readonly to: string },
    { image, repository, id }: WantedImage,
    digest: string,
    as: string | undefined,
): Promise<Copy> {
    const tag = as ?? ("imageTag" in id ? id.imageTag : undefined);
    const from: Side = { ecr: await aws.source.ecr(), repository };
    const to: Side = { ecr: await aws.target.ecr(), repository: repositoryName(target.app, image) };
    const [whole, holder, there] = await calling(`look at the image ${repository} in both registries`, () =>
        Promise.all([readImage(from.ecr, repository, digest), tag === undefined ? undefined : digestOf(to, { imageTag: tag }), digestOf(to, { imageDigest: digest })]),
    );
    const missing = there === undefined ? await calling(`look at the layers of ${to.repository}`, () => missingLayers(to.ecr, to.repository, whole.layers)).catch(noRepository(stack, to)) : [];
    return { ...whole, image, digest, tag, from, to, missing, holder };
}

function noRepository(stack: string, { repository }: Side): (error: unknown) => never {
    return (error) => {
        if (!(error instanceof Error) || error.name !== "RepositoryNotFoundException") throw error;
        throw new UnderstudyError("not-found", `${stack} has no repository ${repository} yet`, `make it with \`understudy deploy ${stack}\`, which needs no release for that`);
    };
}

/** A tag names one release: whoever deployed it here by that name must find what they ran. */
function refuseOtherImages(copies: readonly Copy[], stack: string): void {
    const others = copies.filter(({ holder, digest }) => holder !== undefined && holder !== digest);
    if (others.length === 0) return;
    const names = others.map(({ to, tag = "", holder = "" }) => `${to.repository}:${tag} is ${holder}`).join(", ");
    throw new UnderstudyError("refused", `${stack} has another image under this tag: ${names}`, "give the copy another tag with --as");
}

/** Layers first, then what names them: a registry takes nothing else. */
async function copyAll(copies: readonly Copy[], context: Context): Promise<void> {
    const layers = copies.flatMap((copy) => copy.missing.map((layer) => ({ copy, layer })));
    const told = new Map(copies.map((copy) => [copy.image, progressOf(copy, context.emit)]));
    await atOnce(layers, context.signal, async ({ copy, layer }, signal) => {
        await calling(`copy a layer of ${copy.from.repository}`, () => copyLayer(copy.from, copy.to, layer, told.get(copy.image) ?? (() => undefined), signal));
    });
    for (const { to, manifests } of copies) {
        throwIfInterrupted(context.signal);
        for (const manifest of manifests) await calling(`put the image ${to.repository}`, () => putManifest(to.ecr, to.repository, manifest));
    }
}

/** Somebody else may have copied other images under the same tags while the layers were on their way. */
async function tagAll(copies: readonly Copy[], stack: string): Promise<void> {
    const tagged = copies.flatMap((copy) => (copy.tag === undefined ? [] : [{ copy, tag: copy.tag }]));
    const holders = await Promise.all(tagged.map(({ copy: { to }, tag }) => calling(`look at the tags of ${to.repository}`, () => digestOf(to, { imageTag: tag }))));
    refuseOtherImages(tagged.map(({ copy }, index) => ({ ...copy, holder: holders[index] })), stack);
    for (const { copy: { to, manifests, digest }, tag } of tagged) {
        const manifest = manifests.find((each) => each.digest === digest);
        if (manifest !== undefined) await calling(`tag the image ${to.repository}`, () => putManifest(to.ecr, to.repository, manifest, tag));
    }
}

function progressOf({ image, missing }: Copy, emit: Emit): (bytes: number) => void {
    const of = sizeOf(missing);
    let bytes = 0;
    return (more) => {
        bytes += more;
        emit({ type: "transfer", image, bytes, of });
    };
}

/** Does the work for a few items at a time. The first failure stops the others, and is thrown once they have ended. */
async function atOnce<T>(items: readonly T[], outer: AbortSignal | undefined, work: (item: T, signal: AbortSignal) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, ...(outer === undefined ? [] : [outer])]);
    const queue = [...items];
    const failures: unknown[] = [];
    const worker = async (): Promise<void> => {
        for (let item = queue.shift(); item !== undefined && !signal.aborted; item = queue.shift()) {
            await work(item, signal).catch((error: unknown) => {
                failures.push(error);
                stop.abort();
            });
        }
    };
    await Promise.all(Array.from({ length: mostLayers }, worker));
    throwIfInterrupted(outer);
    if (failures.length > 0) throw failures[0];
}

/** The digest under a tag, or of a digest that is there. */
async function digestOf({ ecr, repository }: Side, id: { readonly imageTag: string } | { readonly imageDigest: string }): Promise<string | undefined> {
    return (await findImage(ecr, repository, id))?.imageDigest;
}

async function verify({ to, tag, digest }: Copy): Promise<void> {
    const found = await digestOf(to, tag === undefined ? { imageDigest: digest } : { imageTag: tag });
    if (found === digest) return;
    const name = tag === undefined ? `${to.repository}@${digest}` : `${to.repository}:${tag}`;
    throw new UnderstudyError("image-missing", `${name} should be ${digest} after the copy, but is ${found ?? "not there"}`, "somebody else has pushed or removed it meanwhile; run the same command again");
}

function sizeOf(layers: readonly Layer[]): number {
    return layers.reduce((sum, { size }) => sum + size, 0);
}
