import type { Service } from "../../../model/application";
import { readCompose } from "../../../model/compose/compose";
import type { Files } from "../../../model/compose/files";
import { formatProblem } from "../../../model/problem";

/** What a Compose text says, with its problems as a person reads them, without the file's name. */
export interface Reading {
    readonly services: Readonly<Record<string, Service>>;
    readonly problems: readonly string[];
}

/** Reads a Compose text. */
export function read(text: string, variables: Readonly<Record<string, string>> = {}): Reading {
    const { application, problems } = readCompose(text, "compose.yaml", variables);
    return {
        services: Object.fromEntries(application.services.map((service) => [service.name, service])),
        problems: problems.map((problem) => formatProblem(problem).trim().replace("compose.yaml:", "")),
    };
}

/** Reads the `compose.yaml` of a folder, given as texts by file name. Problems begin with the file's name. */
export function readFolder(folder: Readonly<Record<string, string>>, variables: Readonly<Record<string, string>> = {}): Reading {
    const files: Files = {
        read: (file) => (Object.hasOwn(folder, file) ? { text: folder[file]! } : { reason: "there is no such file", kind: "missing" }),
    };
    const { application, problems } = readCompose(folder["compose.yaml"]!, "compose.yaml", variables, files);
    return {
        services: Object.fromEntries(application.services.map((service) => [service.name, service])),
        problems: problems.map((problem) => formatProblem(problem).trim()),
    };
}

/** Reads one service, given as the YAML under its name; it stands from line 3 on. */
export function readOne(
    yaml: string,
    variables: Readonly<Record<string, string>> = {},
): { readonly service: Service; readonly problems: readonly string[] } {
    const body = yaml
        .trim()
        .split("\n")
        .map((line) => `    ${line}`);
    const { services, problems } = read(["services:", "  web:", ...body].join("\n"), variables);
    return { service: services["web"]!, problems };
}
