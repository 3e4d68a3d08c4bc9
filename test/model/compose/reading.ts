import type { Service } from "../../../model/application";
import { readCompose } from "../../../model/compose/compose";
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
