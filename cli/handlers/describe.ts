import type { Deployed } from "../../automation/finish";
import { seconds, table } from "../output";

/** What an environment is once it is up, its address last: it is what one came for. */
export function describeEnvironment({ stack, created, url, urls, changes, seconds: took }: Deployed): string {
    const done = created ? "is there" : changesOf(changes);
    const others = Object.entries(urls).filter(([, address]) => address !== url);
    return [
        `${stack} ${done} (${seconds(took)})`,
        ...(others.length > 0 ? [table(["service", "url"], others)] : []),
        url ?? "no service runs yet: push images, then deploy them with --release",
    ].join("\n");
}

function changesOf({ created, updated, replaced, deleted }: Deployed["changes"]): string {
    const sum = created + updated + replaced + deleted;
    return sum === 0 ? "is as it was" : `is up to date, ${sum} ${sum === 1 ? "resource" : "resources"} changed`;
}
