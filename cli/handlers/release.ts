import type { ReleaseCopied, ReleaseCopyOptions } from "../../automation/index";
import { megabytes } from "../../model/units";
import type { Handler } from "../commands";
import { UsageError } from "../errors";
import { seconds, table } from "../output";
import { imagesOf, optional } from "./options";

/** `understudy release copy`. */
export const copy: Handler = async (context, [release], options) => {
    const named = imagesOf(options);
    const all = release ?? named.release;
    if (all === undefined && Object.keys(named.images ?? {}).length === 0) throw new UsageError("nothing says what to copy", "name a release, or images with --image");
    if (release !== undefined && named.release !== undefined && release !== named.release) {
        throw new UsageError(`two tags for all own images: ${release} and --image ${named.release}`, "give one of them");
    }
    const given = (["from", "to", "as"] as const).map((name) => [name, optional(options, name)] as const).filter(([, value]) => value !== undefined);
    const wanted: ReleaseCopyOptions = { ...named, ...(all !== undefined && { release: all }), ...(Object.fromEntries(given) as Pick<ReleaseCopyOptions, "from" | "to" | "as">) };
    const result = await context.api().release.copy(wanted);
    context.progress.stop();
    context.output.result(result, describeCopy(result));
    return 0;
};

function describeCopy({ to, images, seconds: took }: ReleaseCopied): string {
    const rows = images.map(({ image, tag = "", digest, layers, bytes }) => [image, tag, digest, layers === 0 ? "was there" : `${layers} layers, ${megabytes(bytes)}`]);
    return `${table(["image", "tag", "digest", "copied"], rows)}\n${to} has ${images.length === 1 ? "it" : "them"} now (${seconds(took)})`;
}
