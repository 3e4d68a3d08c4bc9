import type { Environment } from "../../model/environment";
import { registryHost, repositoryName } from "../../model/names";
import { namesVersion } from "../../model/planning/images";
import { UnderstudyError } from "../errors";
import type { Digests } from "../settings/privateSettings";
import type { Surroundings } from "../surroundings";
import type { Clients } from "./clients";
import { calling } from "./errors";
import { findImage } from "./manifests";

/** Which images somebody wants to run. A reference is a tag, a digest, or a full image name with one of them. */
export interface ImageChoice {
    /** For every own image that `images` does not name. @example "1.4.2" */
    readonly release?: string;
    /** By own image or by service. @example { web: "pr-12" } */
    readonly images?: Readonly<Record<string, string>>;
}

/** One image to look up in its repository. */
export interface WantedImage {
    readonly image: string;
    readonly repository: string;
    /** Exactly one of them. */
    readonly id: { readonly imageTag: string } | { readonly imageDigest: string };
}

export interface ImagePlan {
    readonly wanted: readonly WantedImage[];
    /** Images that go on with the digest they have. */
    readonly kept: Digests;
    /** What is missing here may be in another base's registry. */
    readonly copyable?: boolean;
}

/** Whose images they are, and where its registry is. */
export type ImagePlace = Pick<Environment, "kind" | "app" | "account" | "region" | "images">;

const digestForm = /^sha256:[0-9a-f]{64}$/;
const tagForm = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/**
 * Decides which image each own image comes from. What nobody names goes on as it runs now (`running`). Fails with kind `settings` and all
 * that is wrong with the choice.
 */
export function planImages({ kind, app, account, region, images: own }: ImagePlace, choice: ImageChoice, running: Digests): ImagePlan {
    const problems: string[] = [];
    const named = new Map<string, string>();
    for (const [name, reference] of Object.entries(choice.images ?? {})) {
        const image = own.find((candidate) => candidate.name === name) ?? own.find(({ services }) => services.includes(name));
        const before = image && named.get(image.name);
        if (image === undefined) {
            problems.push(`${name} is no service or image of the application; there are: ${own.flatMap(({ name: known, services }) => [known, ...services]).filter(unique).join(", ")}`);
        } else if (before !== undefined && before !== reference) {
            problems.push(`image ${image.name} is both ${before} and ${reference}; its services (${image.services.join(", ")}) run the same one`);
        } else {
            named.set(image.name, reference);
        }
    }

    const kept: Record<string, string> = {};
    const wanted = own.flatMap(({ name }): readonly WantedImage[] => {
        const reference = named.get(name) ?? choice.release;
        if (reference === undefined) {
            const digest = Object.hasOwn(running, name) ? running[name] : undefined;
            if (digest === undefined) problems.push(`nothing says which image ${name} should run: give a release, or a tag for it`);
            else kept[name] = digest;
            return [];
        }
        const repository = repositoryName(app, name);
        const id = parseReference(reference, repository, registryHost({ account, region }));
        if (typeof id === "string") {
            problems.push(`image ${name}: ${id}`);
            return [];
        }
        if (kind === "production" && "imageTag" in id && !namesVersion(id.imageTag)) {
            problems.push(`image ${name}: the tag ${id.imageTag} moves, so nobody could say later what production ran; give a release, such as 1.4.2, or a digest`);
        }
        return [{ image: name, repository, id }];
    });
    if (problems.length > 0) throw new UnderstudyError("settings", problems.join("\n"), "correct the choice of images");
    return { wanted, kept, ...(kind === "production" && { copyable: true }) };
}

/** What to look up for a reference, or what is wrong with it. */
function parseReference(reference: string, repository: string, registry: string): WantedImage["id"] | string {
    const { name, tag, digest } = splitReference(reference);
    if (name !== undefined && name !== repository && name !== `${registry}/${repository}`) return `${reference} is not in its repository ${registry}/${repository}; push it there`;
    if (digest !== undefined) return digestForm.test(digest) ? { imageDigest: digest } : `${digest} is no digest; one is sha256: and 64 hex digits`;
    if (tag !== undefined && tagForm.test(tag)) return { imageTag: tag };
    return `${reference} is no tag; one has at most 128 letters, digits and . _ -`;
}

interface Reference {
    readonly name?: string;
    readonly tag?: string;
    readonly digest?: string;
}

/** A colon after the last slash begins a tag; one before it belongs to a registry's port. */
function splitReference(reference: string): Reference {
    if (reference.startsWith("sha256:")) return { digest: reference };
    const [place = "", digest] = reference.split("@", 2);
    const colon = place.lastIndexOf(":");
    const name = colon > place.lastIndexOf("/") ? place.slice(0, colon) : place;
    if (digest !== undefined) return { name, digest };
    if (name !== place) return { name, tag: place.slice(colon + 1) };
    return place.includes("/") ? { name } : { tag: place };
}

/** Looks up the digest of every image. Fails with kind `image-missing` and all that are not there. */
export async function resolveImages(aws: Clients, plan: ImagePlan, surroundings: Surroundings): Promise<Digests> {
    if (plan.wanted.length === 0) return plan.kept;
    const ecr = await aws.ecr();
    const found = await Promise.all(
        plan.wanted.map(async ({ image, repository, id }) => [image, (await calling(`look up the image ${repository}`, () => findImage(ecr, repository, id)))?.imageDigest] as const),
    );
    const missing = plan.wanted.filter(({ image }) => found.some(([name, digest]) => name === image && digest === undefined));
    if (missing.length > 0) throw missingError(missing, plan, surroundings);
    return { ...plan.kept, ...(Object.fromEntries(found) as Record<string, string>) };
}

function missingError(missing: readonly WantedImage[], plan: ImagePlan, surroundings: Surroundings): UnderstudyError {
    const names = missing.map(({ repository, id }) => ("imageTag" in id ? `${repository}:${id.imageTag}` : `${repository}@${id.imageDigest}`));
    const what = names.length === 1 ? "this image is not in the registry" : "these images are not in the registry";
    return new UnderstudyError("image-missing", `${what}: ${names.join(", ")}`, adviceOn(missing, plan, surroundings));
}

function adviceOn(missing: readonly WantedImage[], plan: ImagePlan, { frontDoor }: Surroundings): string {
    if (plan.copyable === true) return `copy it from staging with \`understudy release copy ${copyWords(missing, plan)}\`, or choose another one`;
    if (frontDoor === undefined) return "build and push it, or choose another one with --image";
    // Nobody pushes to a local world by hand, and a base's images go with it.
    return "leave out --release and --image to push and run the commit that is checked out; `understudy local up` makes anew what is missing of the sample, with its release";
}

/** What to type to copy these images: the release where all of them are of one, else each by itself. */
function copyWords(missing: readonly WantedImage[], { wanted, kept }: ImagePlan): string {
    const tags = new Set(wanted.map(({ id }) => ("imageTag" in id ? id.imageTag : undefined)));
    const [tag] = tags;
    if (tag !== undefined && tags.size === 1 && Object.keys(kept).length === 0) return tag;
    return missing.map(({ image, id }) => `--image ${image}=${"imageTag" in id ? id.imageTag : id.imageDigest}`).join(" ");
}

function unique(value: string, index: number, all: readonly string[]): boolean {
    return all.indexOf(value) === index;
}
