import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { awsError } from "../aws/errors";
import { callerConfig } from "../aws/credentials";
import type { StateStore } from "./store";

/** Where an `s3://` backend is, with the parameters that the engine takes in the URL. */
export interface BucketAddress {
    readonly bucket: string;
    /** Ends with a slash unless it is empty. */
    readonly prefix: string;
    readonly config: Pick<S3ClientConfig, "region" | "endpoint" | "forcePathStyle" | "profile">;
}

/** @example parseBucket("s3://state/shop?region=eu-west-1").prefix === "shop/" */
export function parseBucket(backend: string): BucketAddress {
    const url = new URL(backend);
    const parameter = (...names: readonly string[]): string | undefined => names.map((name) => url.searchParams.get(name) ?? undefined).find((value) => value !== undefined);
    const path = url.pathname.replace(/^\/+|\/+$/g, "");
    const plain = parameter("disableSSL", "disable_https") === "true";
    const endpoint = parameter("endpoint");
    const address = endpoint === undefined || /^https?:\/\//.test(endpoint) ? endpoint : `${plain ? "http" : "https"}://${endpoint}`;
    const region = parameter("region");
    const profile = parameter("profile");
    return {
        bucket: url.hostname,
        prefix: path === "" ? "" : `${path}/`,
        config: {
            ...(region === undefined ? {} : { region }),
            ...(address === undefined ? {} : { endpoint: address }),
            ...(profile === undefined ? {} : { profile }),
            ...(parameter("s3ForcePathStyle", "use_path_style") === "true" ? { forcePathStyle: true } : {}),
        },
    };
}

export async function openBucket(backend: string, env: Readonly<Record<string, string>>): Promise<StateStore> {
    const { bucket, prefix, config } = parseBucket(backend);
    const { DeleteObjectCommand, GetObjectCommand, NoSuchKey, paginateListObjectsV2, S3Client } = await import("@aws-sdk/client-s3");
    const client = new S3Client({ ...callerConfig(env), ...config });
    const mapped = async <T>(work: Promise<T>): Promise<T> => {
        try {
            return await work;
        } catch (error) {
            throw awsError(error, `read the state backend ${backend}`);
        }
    };

    return {
        local: false,
        list: async (start) => {
            const keys: string[] = [];
            const collect = async (): Promise<void> => {
                for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix + start })) {
                    for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key.slice(prefix.length));
                }
            };
            await mapped(collect());
            return keys.sort();
        },
        read: async (key) => {
            const get = client.send(new GetObjectCommand({ Bucket: bucket, Key: prefix + key })).catch((error: unknown) => {
                if (error instanceof NoSuchKey) return undefined;
                throw error;
            });
            return (await mapped(get))?.Body?.transformToString();
        },
        remove: async (key) => {
            await mapped(client.send(new DeleteObjectCommand({ Bucket: bucket, Key: prefix + key })));
        },
    };
}
