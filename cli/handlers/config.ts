import path from "node:path";
import { exitCodes } from "../../automation/errors";
import { checkSettings } from "../../automation/settings/check";
import { awakeHours } from "../../model/hours";
import { formatProblems, hasErrors } from "../../model/problem";
import { reportProblem } from "../../model/report";
import type { Handler } from "../commands";
import { projectFolder } from "../projectFolder";
import { describeAwake } from "./describe";
import { folderOf } from "./options";

/** `understudy config check`: settings files, by themselves, beside each other and with the application. */
export const check: Handler = (context, [word], options) => {
    const file = word === undefined ? undefined : path.resolve(context.directory, word);
    const app = folderOf(context, options, "app");
    const project = projectFolder(file === undefined ? [context.directory] : [path.dirname(file), context.directory]);
    const { files, problems, hours } = checkSettings(project, { ...(file === undefined ? {} : { file }), ...(app === undefined ? {} : { app }) });
    const errors = problems.filter(({ severity }) => severity === "error").length;
    const summary = `${files.length} ${files.length === 1 ? "file" : "files"}, ${errors === 0 ? "no error" : `${errors} ${errors === 1 ? "error" : "errors"}`}`;
    const report = { files, hours: hours.map((its) => ({ ...its, awakeHours: awakeHours(its) })), problems: problems.map(reportProblem) };
    const awake = hours.map((its) => `${its.file}: ${describeAwake(its)}`);
    context.output.result(report, [...awake, ...formatProblems(problems), summary].join("\n"));
    return Promise.resolve(hasErrors(problems) ? exitCodes.settings : 0);
};
