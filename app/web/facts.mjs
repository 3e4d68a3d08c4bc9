import { readFileSync } from "node:fs";

/** Where this process runs and what it is made of; the same for every request, so it is read once. */
export function readFacts(environment) {
    return {
        environment: environment.UNDERSTUDY_ENVIRONMENT || "laptop",
        kind: environment.UNDERSTUDY_KIND || "laptop",
        branch: environment.UNDERSTUDY_BRANCH || null,
        commit: readCommit(),
        sessionSecret: environment.SESSION_SECRET ? "set" : "not set",
    };
}

/** The commit that the image was built from. */
function readCommit() {
    try {
        return readFileSync("REVISION", "utf8").trim() || "unknown";
    } catch {
        return "unknown";
    }
}
