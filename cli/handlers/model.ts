import path from "node:path";
import { exitCodes } from "../../automation/errors";
import { asTyped } from "../../automation/settings/yamlFile";
import { ranges } from "../../model/listed";
import { loadApplication } from "../../model/load";
import { formatProblems, hasErrors } from "../../model/problem";
import { modelReport, type ReportedPort } from "../../model/report";
import type { Handler } from "../commands";
import { projectOrNone } from "../hosts";
import { table } from "../output";
import { folderOf } from "./options";

/** `understudy model`: how the Compose file is understood. Variables come from the environment, as `docker compose` takes them. */
export const model: Handler = async (context, _words, options) => {
    const directory = asTyped(folderOf(context, options, "app") ?? path.join(projectOrNone(context.directory)?.directory ?? context.directory, "app"));
    const variables = Object.fromEntries(Object.entries(context.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
    const { application, problems } = loadApplication(directory, variables);
    const report = modelReport(application, problems);
    const rows = Object.entries(report.services).map(([name, service]) => [
        name,
        service.role,
        service.image ?? "",
        portsIn(service.ports),
    ]);
    context.output.result(
        report,
        [table(["service", "role", "image", "ports"], rows), ...formatProblems(problems)].filter((part) => part !== "").join("\n"),
    );
    return Promise.resolve(hasErrors(problems) ? exitCodes.settings : 0);
};

/** @example "80/tcp 8000-8010/tcp 53/udp" */
function portsIn(ports: readonly ReportedPort[]): string {
    return (["tcp", "udp"] as const)
        .flatMap((wanted) => ranges(ports.filter(({ protocol }) => protocol === wanted).map(({ containerPort }) => containerPort)).map((range) => `${range}/${wanted}`))
        .join(" ");
}
