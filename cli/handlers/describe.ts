import type { Deployed } from "../../automation/finish";
import { describeHours, type Hours } from "../../model/hours";
import type { Colors } from "../colors";
import { seconds, table } from "../output";

/** What an environment is once it is up, its address last: it is what one came for. */
export function describeEnvironment({ stack, created, url, urls, images, changes, seconds: took }: Deployed, colors: Colors): string {
    const done = created ? "is up" : changesOf(changes);
    const withoutUrl = Object.keys(images).length === 0 ? "no service runs yet: push images, then deploy them with --release" : "no main service runs in it, so it has no address of its own";
    const others = Object.entries(urls).filter(([, address]) => address !== url);
    return [
        `${colors.bold(stack)} ${done} ${colors.dim(`(${seconds(took)})`)}`,
        ...(others.length > 0 ? [table(["service", "url"], others)] : []),
        url !== undefined ? colors.cyan(url) : withoutUrl,
    ].join("\n");
}

/** When an environment is awake, as far as anything comes of it. */
export function describeAwake(hours: Hours): string {
    return `${describeHours(hours)} (not yet acted upon)`;
}

function changesOf({ created, updated, replaced, deleted }: Deployed["changes"]): string {
    const sum = created + updated + replaced + deleted;
    return sum === 0 ? "is as it was" : `is up to date, ${sum} ${sum === 1 ? "resource" : "resources"} changed`;
}
