import { createHash } from "node:crypto";
import type { ImageConfig } from "./dockerfile";

/** Media type under which the manifest is put into a registry. */
export const manifestMediaType = "application/vnd.oci.image.manifest.v1+json";

/**
 * The OCI manifest of an image whose only layer is a folder of this machine. Equal inputs make equal bytes, so that the digest depends
 * on nothing but the content, the way the image starts and the commit it is from.
 */
export function makeManifest(config: ImageConfig, content: { readonly digest: string; readonly size: number }, revision: string): string {
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
        rootfs: { type: "layers", diff_ids: [content.digest] },
    });
    return JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestMediaType,
        config: {
            mediaType: "application/vnd.oci.image.config.v1+json",
            digest: digestOf(configJson),
            size: Buffer.byteLength(configJson),
        },
        layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: content.digest, size: content.size }],
        annotations: { "org.opencontainers.image.revision": revision },
    });
}

/** `sha256:` and the hash in hex. */
export function digestOf(content: string | Buffer): string {
    return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
