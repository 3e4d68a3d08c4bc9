import { createHash } from "node:crypto";
import type { ImageConfig } from "./dockerfile";

/** Media type under which the manifest is put into a registry. */
export const manifestMediaType = "application/vnd.oci.image.manifest.v1+json";

/** What a registry keeps of an image: the manifest, and the two texts that it names. */
export interface Packed {
    readonly manifest: string;
    readonly layers: readonly string[];
}

/**
 * An OCI image whose content is a folder of this machine, listed in its only layer. Equal inputs make equal bytes, so that the digest depends
 * on nothing but the content, the way the image starts and the commit it is from.
 */
export function packImage(config: ImageConfig, files: string, revision: string): Packed {
    const configJson = JSON.stringify({
        architecture: "amd64",
        os: "linux",
        config: {
            Cmd: config.command,
            Entrypoint: config.entrypoint,
            Env: Object.entries(config.environment).map(([name, value]) => `${name}=${value}`),
            Labels: { "org.opencontainers.image.revision": revision },
            User: config.user ?? "",
            WorkingDir: config.workingDirectory,
        },
        rootfs: { type: "layers", diff_ids: [digestOf(files)] },
    });
    const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestMediaType,
        config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf(configJson), size: Buffer.byteLength(configJson) },
        layers: [{ mediaType: "application/vnd.understudy.files.v1", digest: digestOf(files), size: Buffer.byteLength(files) }],
        annotations: { "org.opencontainers.image.revision": revision },
    });
    return { manifest, layers: [configJson, files] };
}

/** `sha256:` and the hash in hex. */
export function digestOf(content: string | Buffer): string {
    return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
