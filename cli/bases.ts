import path from "node:path";
import { baseStacks, readStack, type Project } from "../automation/settings/project";
import type { WorldAccount } from "../local/world";
import type { Application } from "../model/application";
import { loadApplication } from "../model/load";
import { parameterName } from "../model/names";
import { throwOnErrors } from "../model/problem";
import type { BaseSettings } from "../model/settings";

/** The settings of all bases that have a file. Fails with the problems of the first one that has any. */
export function readBases(project: Project): readonly BaseSettings[] {
    return baseStacks(project).map((stack) => readStack(project, stack).settings);
}

/** What the application of a base says. Fails with all its problems. */
export function readApplication(project: Project, base: BaseSettings): Application {
    const directory = path.resolve(project.directory, base.appDir);
    const { application, problems } = loadApplication(directory, base.variables);
    throwOnErrors(path.relative("", directory), problems);
    return application;
}

/** What an account of the local world needs before anybody deploys into it. */
export function worldAccount(project: Project, base: BaseSettings): WorldAccount {
    const { app, kind, account, region, zone } = base;
    const names = readApplication(project, base).services.flatMap(({ extension }) => extension.secrets);
    return { kind, account, region, zone, secrets: [...new Set(names)].map((name) => parameterName(app, kind, name)) };
}

/** Build context of every own image, from the application's folder. */
export function buildContexts({ services }: Pick<Application, "services">): Readonly<Record<string, string>> {
    return Object.fromEntries(
        services.flatMap(({ ownImage, buildContext }) => (ownImage === undefined || buildContext === undefined ? [] : [[ownImage, buildContext] as const])),
    );
}
