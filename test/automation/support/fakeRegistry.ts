import { createHash } from "node:crypto";
import { ECR } from "@aws-sdk/client-ecr";
import type { Clients } from "../../../automation/aws/clients";
import type { StackState } from "../../../automation/state/stackState";
import { releaseParameterName } from "../../../model/names";
import type { StoredImage } from "../../support/lifecycle";

interface Image {
    readonly text: string;
    readonly tags: Set<string>;
    readonly pushed: number;
}

interface Request {
    readonly repositoryName: string;
    readonly imageIds?: readonly { readonly imageDigest?: string; readonly imageTag?: string }[];
    readonly imageManifest?: string;
    readonly imageTag?: string;
    readonly imageDigest?: string;
}

/** Thrown in place of an answer: the process is killed here, before the call has an effect. */
export class Killed extends Error {}

/**
 * A registry and a parameter store in memory, with what this project relies on of ECR: tags that move, and an image that goes with its last
 * tag. The same calls are tried against the emulator elsewhere.
 */
export class FakeRegistry {
    /** Images by repository and digest. */
    readonly repositories = new Map<string, Map<string, Image>>();
    readonly parameters = new Map<string, string>();
    /** Days. */
    today = 0;
    /** A command that the caller may not send. */
    denied: string | undefined;
    /** How many more calls are answered. */
    callsLeft = Infinity;

    readonly clients = {
        ecr: () => Promise.resolve(this.ecr),
        ssm: () => Promise.resolve(this.ssm),
    } as unknown as Clients;

    /** Adds an image, made of `content`, under a tag that moves to it from any other. Returns its digest. */
    push(repository: string, content: string, tag: string | undefined, lists: readonly string[] = []): string {
        const manifests = lists.map((digest) => ({ digest }));
        return this.put(repository, JSON.stringify({ mediaType: "application/vnd.oci.image.manifest.v1+json", annotations: { content }, manifests }), tag);
    }

    digestOf(repository: string, tag: string): string | undefined {
        return [...(this.repositories.get(repository) ?? [])].find(([, { tags }]) => tags.has(tag))?.[0];
    }

    has(repository: string, digest: string): boolean {
        return this.repositories.get(repository)?.has(digest) === true;
    }

    /** The images of a repository as a lifecycle policy sees them. */
    stored(repository: string): readonly StoredImage[] {
        return [...(this.repositories.get(repository) ?? [])].map(([digest, { tags, pushed, text }]) => {
            const { manifests } = JSON.parse(text) as { readonly manifests: readonly { readonly digest: string }[] };
            return { digest, tags: [...tags], pushed, lists: manifests.map((each) => each.digest) };
        });
    }

    expire(repository: string, digests: Iterable<string>): void {
        for (const digest of digests) this.repositories.get(repository)?.delete(digest);
    }

    private put(repository: string, text: string, tag: string | undefined): string {
        const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
        const images = this.repositories.get(repository) ?? new Map<string, Image>();
        this.repositories.set(repository, images);
        if (tag !== undefined) for (const { tags } of images.values()) tags.delete(tag);
        const image = images.get(digest) ?? { text, tags: new Set(), pushed: this.today };
        if (tag !== undefined) image.tags.add(tag);
        images.set(digest, image);
        return digest;
    }

    private count(): void {
        if (this.callsLeft-- <= 0) throw new Killed("killed");
    }

    private readonly ssm = {
        getParameter: async ({ Name }: { readonly Name: string }) => {
            this.count();
            const Value = this.parameters.get(Name);
            return Value === undefined ? Promise.reject(named("ParameterNotFound")) : Promise.resolve({ Parameter: { Value } });
        },
        putParameter: ({ Name, Value, Overwrite = false, Tags }: { readonly Name: string; readonly Value: string; readonly Overwrite?: boolean; readonly Tags?: object }) => {
            this.count();
            if (Overwrite && Tags !== undefined) return Promise.reject(named("ValidationException"));
            if (!Overwrite && this.parameters.has(Name)) return Promise.reject(named("ParameterAlreadyExists"));
            this.parameters.set(Name, Value);
            return Promise.resolve({});
        },
    };

    private readonly ecr = this.fakeEcr();

    /** A real client, since paginators take no other, whose requests end here. */
    private fakeEcr(): ECR {
        const client = new ECR({ region: "eu-west-1" });
        const send = ({ constructor: { name }, input }: { readonly constructor: { readonly name: string }; readonly input: Request }): Promise<unknown> =>
            new Promise((resolve) => {
                this.count();
                if (name === this.denied) throw named("AccessDeniedException");
                resolve(this.answer(name, input));
            });
        return Object.assign(client, { send });
    }

    private answer(command: string, { repositoryName, imageIds = [], imageManifest = "", imageTag }: Request): unknown {
        const images = this.repositories.get(repositoryName);
        if (images === undefined) throw named("RepositoryNotFoundException");
        const find = ({ imageDigest, imageTag: tag }: { readonly imageDigest?: string; readonly imageTag?: string }): string | undefined =>
            [...images].find(([digest, { tags }]) => digest === imageDigest || (tag !== undefined && tags.has(tag)))?.[0];
        switch (command) {
            case "DescribeImagesCommand": {
                const wanted = imageIds.length === 0 ? [...images.keys()].filter((digest) => images.get(digest)!.tags.size > 0) : imageIds.map(find);
                if (wanted.includes(undefined)) throw named("ImageNotFoundException");
                return { imageDetails: wanted.map((imageDigest = "") => ({ imageDigest, imageTags: [...images.get(imageDigest)!.tags] })) };
            }
            case "BatchGetImageCommand": {
                const digests = imageIds.map(find);
                return { images: digests.flatMap((digest) => (digest === undefined ? [] : [{ imageManifest: images.get(digest)!.text, imageId: { imageDigest: digest } }])) };
            }
            case "PutImageCommand":
                this.put(repositoryName, imageManifest, imageTag);
                return {};
            case "BatchDeleteImageCommand":
                for (const { imageTag: tag = "" } of imageIds) {
                    const digest = find({ imageTag: tag });
                    if (digest === undefined) continue;
                    images.get(digest)!.tags.delete(tag);
                    if (images.get(digest)!.tags.size === 0) images.delete(digest);
                }
                return { failures: [] };
            default:
                throw new Error(`${command} is not known here`);
        }
    }
}

/** The state of a stack whose program has made the record of this environment, wherever that is now; of any other an empty one. */
export function stateWith(made: ReadonlySet<string>, environment: string): Pick<StackState, "resources"> {
    const name = releaseParameterName("shop", environment);
    const resource = { urn: "", type: "aws:ssm/parameter:Parameter", custom: true, protect: false, inputs: { name }, outputs: {} };
    return { resources: made.has(environment) ? [resource] : [] };
}

function named(name: string): Error {
    return Object.assign(new Error(name), { name });
}
