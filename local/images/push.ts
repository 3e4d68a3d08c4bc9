import { ECRClient, RepositoryNotFoundException } from "@aws-sdk/client-ecr";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { repositoryName } from "../../model/names";
import type { BaseSettings } from "../../model/settings";
import type { World } from "../world";
import { Docker } from "../docker/docker";
import { buildImages, exportImages } from "./export";
import { publishImage } from "./publish";

export interface PushOptions {
    readonly world: World;
    readonly base: BaseSettings;
    /** A git repository. */
    readonly repository: string;
    /** Branch, tag or commit. */
    readonly commit: string;
    /** Build context of every image, as a path from the repository's top. @example { "shop-web": "app/web" } */
    readonly contexts: Readonly<Record<string, string>>;
    readonly tag: string;
}

/** What became of every image, by name. */
export interface Pushed {
    /** In the registry under the tag. */
    readonly images: readonly string[];
    /** Not pushed: the base has no repository for them yet. */
    readonly withoutRepository: readonly string[];
    /** A sentence for each pushed image that Docker should run and could not build. */
    readonly notBuilt: readonly string[];
}

/**
 * Makes images out of a commit and puts them into the repositories of a base's account under a tag: what CI does on AWS. Where tasks are
 * containers, Docker builds the ones that are pushed.
 */
export async function pushImages({ world, base, repository, commit, contexts, tag }: PushOptions): Promise<Pushed> {
    const source = { worldDirectory: world.directory, repository, commit, contexts };
    const made = Object.entries(await exportImages(source));
    const ecr = ecrOf(world, base);
    const pushed = await Promise.all(
        made.map(async ([name, image]) => {
            try {
                await publishImage(ecr, repositoryName(base.app, name), tag, image);
                return true;
            } catch (error) {
                if (error instanceof RepositoryNotFoundException) return false;
                throw error;
            }
        }),
    );
    const there = made.filter((_image, index) => pushed[index]);
    const notBuilt = world.docker === undefined ? [] : await buildImages(Object.fromEntries(there), source, new Docker(world.docker));
    const namesOf = (images: typeof made): readonly string[] => images.map(([name]) => name);
    return { images: namesOf(there), withoutRepository: namesOf(made.filter((_image, index) => !pushed[index])), notBuilt };
}

/** The registry of a base's account, as the operator who may push. */
export function ecrOf({ endpoint, env }: World, { region, role }: BaseSettings): ECRClient {
    const operator = { accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "", secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "" };
    const credentials =
        role === undefined
            ? operator
            : fromTemporaryCredentials({ masterCredentials: operator, params: { RoleArn: role, RoleSessionName: "push" }, clientConfig: { endpoint, region } });
    return new ECRClient({ endpoint, region, credentials });
}
