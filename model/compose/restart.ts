import type { Role } from "../application";
import type { Findings } from "../findings";
import { shown } from "./shown";
import type { Node } from "./tree";

const policies = ["any", "none", "on-failure"];

/** Checks `restart`, and `deploy.restart_policy.condition` which says the same. ECS keeps the tasks of a service running whatever they do. */
export function checkRestart(
    { restart, condition }: { readonly restart?: Node; readonly condition?: Node },
    role: Role,
    findings: Findings,
    aws: Findings,
): void {
    if (restart !== undefined && !(restart.kind === "scalar" && /^(no|always|unless-stopped|on-failure(:\d+)?)$/.test(restart.text)))
        findings.error(restart, "allowed: no, always, unless-stopped, on-failure", shown(restart));
    if (condition !== undefined && !(condition.kind === "scalar" && policies.includes(condition.text)))
        findings.error(condition, `allowed: ${policies.join(", ")}`, shown(condition));

    if (role !== "web" && role !== "worker") return;
    for (const node of [restart, condition]) {
        if (node?.kind !== "scalar" || !["no", "none"].includes(node.text)) continue;
        aws.warning(node, "ECS starts the tasks of a service again when they end; write role: task for what runs once", node.text);
    }
}
