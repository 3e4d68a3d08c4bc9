import type { Findings } from "../findings";
import type { Declarations } from "./declarations";
import { refuse } from "./keys";
import { shown } from "./shown";
import type { Node } from "./tree";
import { readKeys, readList, readText } from "./values";

/**
 * Checks `secrets` of a service, which Compose mounts as files. ECS knows variables only, so a secret is right on AWS when the service
 * has its variable from the parameter store (`variables`).
 */
export function checkSecrets(
    node: Node,
    { declared, variables }: { readonly declared: Declarations["secrets"]; readonly variables: readonly string[] },
    findings: Findings,
    aws: Findings,
): void {
    for (const [at, name] of readSources(node, findings)) {
        const variable = declared.get(name)?.variable;
        if (variable === undefined) findings.error(at, "the file declares no secret of this name; add it under secrets", name);
        else if (!variables.includes(variable))
            refuse(at, `ECS mounts no secret files; list ${variable} under x-understudy.secrets to have it as a variable there`, aws);
    }
}

/** Checks `configs` of a service. */
export function checkConfigs(node: Node, declared: Declarations["configs"], findings: Findings, aws: Findings): void {
    for (const [at, name] of readSources(node, findings)) {
        if (declared.has(name)) refuse(at, "ECS mounts no configuration files; put it into the image", aws);
        else findings.error(at, "the file declares no config of this name; add it under configs", name);
    }
}

/** The names that a list in short or long form gives. */
function readSources(node: Node, findings: Findings): readonly (readonly [at: Node, name: string])[] {
    return (readList(node, findings)?.items ?? []).flatMap((item) => {
        const source = item.kind === "map" ? readKeys(item, findings, ["source", "target", "uid", "gid", "mode"]).source : item;
        if (source === undefined) findings.error(item, "source is missing, the name of what is mounted", shown(item));
        const name = source && readText(source, findings);
        return name === undefined ? [] : [[item, name] as const];
    });
}
