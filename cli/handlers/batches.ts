import path from "node:path";
import { exitCodes } from "../../automation/errors";
import type { Application } from "../../model/application";
import { loadApplication } from "../../model/load";
import { formatProblem, formatProblems, hasErrors } from "../../model/problem";
import type { BatchProblem } from "../../model/schedules/batch";
import { readSchedules, type ReadSchedules } from "../../model/schedules/readSchedules";
import { batchesReport } from "../../model/schedules/report";
import { readTextFile } from "../../model/textFile";
import type { Handler } from "../commands";
import type { Context } from "../context";
import { table } from "../output";
import { projectFolder } from "../projectFolder";
import { folderOf } from "./options";

/** `understudy batches check`: how a schedules file is understood. Services are looked up in the Compose file beside it, or the project's. */
export const check: Handler = (context, [word = ""], options) => {
    const { text, reason } = readTextFile(path.resolve(context.directory, word));
    const application = text === undefined ? undefined : applicationOf(context, word, folderOf(context, options, "app"));
    const read = text === undefined ? unreadable(word, reason) : readSchedules(text, word, application, new Date());
    const report = batchesReport(read);
    const rows = read.batches.map(({ name, expression, timezone = "UTC", service = "", command, enabled }) => [
        ...[name, expression, timezone, service, command.join(" ")],
        enabled ? "on" : "off",
    ]);
    const drawn = table(["batch", "when", "time zone", "service", "command", "runs"], rows);
    context.output.result(report, [drawn, ...formatProblems(read.problems, describe)].filter((part) => part !== "").join("\n"));
    return Promise.resolve(hasErrors(read.problems) ? exitCodes.settings : 0);
};

/** The application whose services the batches may name. One that cannot be read is no reason to doubt its services. */
function applicationOf(context: Context, file: string, app: string | undefined): Application | undefined {
    const variables = Object.fromEntries(Object.entries(context.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
    const beside = path.dirname(path.resolve(context.directory, file));
    const folders = app === undefined ? [beside, path.join(projectFolder([beside, context.directory]), "app")] : [app];
    const found = folders.map((folder) => loadApplication(folder, variables).application).find(({ services }) => services.length > 0);
    if (found === undefined) context.output.note(`no services are found in ${folders.join(" or ")}, so those of the batches are not looked up; --app names the folder`);
    return found;
}

function unreadable(file: string, message: string): ReadSchedules {
    return { batches: [], problems: [{ severity: "error", file, key: "", message: `${message}; name a schedules file in YAML` }] };
}

function describe(problem: BatchProblem): string {
    return formatProblem({ ...problem, key: problem.batch === undefined ? problem.key : `batch ${problem.batch}: ${problem.key}` });
}
