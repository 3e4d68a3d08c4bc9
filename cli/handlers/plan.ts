import { understudy, type Plan } from "../../automation/index";
import { formatProblems } from "../../model/problem";
import type { Handler } from "../commands";
import { UsageError } from "../errors";
import { table } from "../output";
import { describeAwake } from "./describe";
import { baseOf, branchOf, folderOf } from "./options";

/** `understudy plan`. */
export const plan: Handler = async (context, [stack], options) => {
    const app = folderOf(context, options, "app");
    if ((stack === undefined) === (options["branch"] === undefined)) throw new UsageError("one stack or one branch is planned", "write a stack's name, or --branch <name>");
    // The same in a local world as on AWS, and without either.
    const planned = await understudy({ directory: context.directory, signal: context.signal }).plan(stack ?? { branch: await branchOf(context, [], options), base: baseOf(options) }, app === undefined ? {} : { app });
    context.output.result(planned, describePlan(planned));
    return 0;
};

function describePlan({ stack, environment, resources, problems, warnings }: Plan): string {
    const services = environment.services.map(({ name, role, cpu, memory, count, capacity, route }) => [
        name,
        role,
        `${cpu}/${memory}`,
        `${count} on ${capacity}`,
        route?.hosts.join(" ") ?? "",
    ]);
    const rewrites = environment.rewrites.map(({ service, variable, from, to }) => [service, variable, from, to]);
    const parts = [
        table(["service", "role", "cpu/memory", "tasks", "hosts"], services),
        table(["service", "variable", "on a laptop", "on AWS"], rewrites),
        table(["resource", "name"], resources.map(({ type, name }) => [type, name])),
        [...formatProblems(problems), ...warnings.map((warning) => `  warning: ${warning}`)].join("\n"),
        environment.hours === undefined ? "" : `${stack} is ${describeAwake(environment.hours)}`,
        `${stack} would consist of ${resources.length} resources`,
    ];
    return parts.filter((part) => part !== "").join("\n\n");
}
