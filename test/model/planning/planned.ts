import { readCompose } from "../../../model/compose/compose";
import type { Container, Environment, EnvironmentService } from "../../../model/environment";
import { planEnvironment } from "../../../model/plan";
import { formatProblem } from "../../../model/problem";
import { parseSettings } from "../../../model/settings";

const common = { app: "shop", account: "222222222222", region: "eu-west-1", zone: "staging.example.com" };

/** Values of settings per kind. The branch has the id `feature-search-38e7a3a2`. */
const values = {
    production: { ...common, kind: "production", account: "111111111111", zone: "example.com" },
    staging: { ...common, kind: "staging" },
    dev: { ...common, kind: "dev", account: "333333333333", zone: "dev.example.com" },
    branch: { ...common, kind: "branch", base: "staging", baseKind: "staging", branch: "feature/search" },
};

export interface Planned {
    readonly environment: Environment;
    readonly problems: readonly string[];
    readonly service: (name: string) => EnvironmentService;
    /** A container by its name, in any task. */
    readonly container: (name: string) => Container;
}

/**
 * Plans the services of a Compose file, given as the YAML under `services`, from line 2 on, and what the file declares beside them.
 * Reading it has no problems.
 */
export function plan(services: string, kind: keyof typeof values = "staging", settings: object = {}, declared = ""): Planned {
    const body = services
        .trim()
        .split("\n")
        .map((line) => `  ${line}`);
    const { application, problems: reading } = readCompose(["services:", ...body, declared].join("\n"), "compose.yaml", {});
    if (reading.length > 0) throw new Error(reading.map(formatProblem).join("\n"));

    const given: Record<string, unknown> = {};
    for (const [key, value] of Object.entries({ ...values[kind], ...settings })) given[`understudy:${key}`] = value;
    const parsed = parseSettings(given, "settings");
    if (parsed.settings === undefined) throw new Error(parsed.problems.map(formatProblem).join("\n"));

    const { environment, problems } = planEnvironment(application, parsed.settings, "Pulumi.staging.yaml");
    const containers = [...environment.services, ...environment.tasks].flatMap((task) => task.containers);
    return {
        environment,
        problems: problems.map((problem) => formatProblem(problem).trim().replace("compose.yaml:", "")),
        service: (name) => found(environment.services, name),
        container: (name) => found(containers, name),
    };
}

function found<T extends { readonly name: string }>(all: readonly T[], name: string): T {
    const match = all.find((one) => one.name === name);
    if (match === undefined) throw new Error(`${name} is not among ${all.map((one) => one.name).join(", ")}`);
    return match;
}
