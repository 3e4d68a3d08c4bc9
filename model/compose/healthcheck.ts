import type { ServiceHealthCheck } from "../application";
import type { Findings } from "../findings";
import { given } from "../given";
import { refuse } from "./keys";
import { shown } from "./shown";
import type { Node } from "./tree";
import { readBoolean, readKeys, readSeconds, readTexts } from "./values";

/** ECS's limits, in seconds and counts. */
const interval = { min: 5, max: 300 };
const timeout = { min: 2, max: 60 };
const retries = { min: 1, max: 10 };
const startPeriod = { min: 0, max: 300 };

const testForm = 'a test is a text, or a list that begins with "CMD", "CMD-SHELL" or "NONE"';

const shellForm = 'after "CMD-SHELL" a single text is expected, the command for the shell; for separate words begin with "CMD"';

/** Reads `healthcheck` in ECS's terms; what ECS does not take goes to `aws`. Undefined when it says nothing that ECS could use. */
export function readHealthCheck(node: Node, findings: Findings, aws: Findings): ServiceHealthCheck | undefined {
    const keys = readKeys(node, findings, ["test", "interval", "timeout", "retries", "start_period", "start_interval", "disable"]);
    if (keys.start_interval !== undefined) refuse(keys.start_interval, "ECS has no interval of its own for the start", aws);
    if (keys.disable !== undefined && readBoolean(keys.disable, findings) === true) return { disabled: true };

    const test = keys.test?.kind === "list" && keys.test.items.length === 0 ? undefined : keys.test; // says nothing, so the image's own counts
    const command = test && readTest(test, findings);
    const terms = given({
        interval: keys.interval && readSeconds(keys.interval, findings, interval, aws),
        timeout: keys.timeout && readSeconds(keys.timeout, findings, timeout, aws),
        retries: keys.retries && readRetries(keys.retries, findings, aws),
        startPeriod: keys.start_period && readSeconds(keys.start_period, findings, startPeriod, aws),
    });
    if (test === undefined) return aws.error(node, "ECS does not see the image's own HEALTHCHECK; give test, or disable: true");
    if (command?.[0] === "NONE") return { disabled: true };
    return command && { command, ...terms };
}

function readRetries(node: Node, findings: Findings, aws: Findings): number | undefined {
    const count = node.kind === "scalar" && /^\d+$/.test(node.text) ? Number(node.text) : undefined;
    if (count === undefined || count < retries.min || count > retries.max) {
        const where = count === undefined ? findings : aws;
        where.error(node, `a whole number from ${retries.min} to ${retries.max} is expected`, shown(node));
    }
    return count;
}

function readTest(node: Node, findings: Findings): readonly string[] | undefined {
    if (node.kind === "scalar" && typeof node.value === "string" && node.value !== "") return ["CMD-SHELL", node.value];
    if (node.kind !== "list") return findings.error(node, testForm);
    const [first, ...rest] = readTexts(node, findings);
    if (first === "NONE") return [first];
    if (first === "CMD" && rest.length > 0) return [first, ...rest];
    if (first === "CMD-SHELL" && rest.length === 1) return [first, ...rest];
    return findings.error(node, first === "CMD-SHELL" ? shellForm : first === "CMD" ? 'the program is missing after "CMD"' : testForm);
}
