import { servicesOf, type Placement } from "./placement";
import { at, type Scope } from "./scope";

/**
 * Production runs what somebody has decided on: a digest, or a tag that names a version. Its own images have digests from the release; those
 * of others have what the Compose file says.
 */
export function checkImages(placements: readonly Placement[], { settings, findings }: Scope): void {
    if (settings.kind !== "production") return;
    for (const service of placements.flatMap(servicesOf)) {
        const { image, ownImage } = service;
        if (ownImage !== undefined || image === undefined || !moves(image)) continue;
        const advice = "write one that names a version, such as nginx:1.27, or a digest";
        findings.error(at(service, "image"), `this tag moves, so production would run another image from one task to the next; ${advice}`, image);
    }
}

/** None at all is `latest`. */
function moves(image: string): boolean {
    const [, tag = "latest"] = /:([^/:@]+)$/.exec(image) ?? [];
    return !image.includes("@") && !namesVersion(tag);
}

/** A tag without any digit, such as `latest` or `main`, is given to one image after the other, unless it is a commit that happens to have none. */
export function namesVersion(tag: string): boolean {
    return /\d/.test(tag) || /^[a-f]{7,40}$/.test(tag);
}
