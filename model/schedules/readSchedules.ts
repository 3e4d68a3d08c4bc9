import type { Application } from "../application";
import { nodeAt, toPlain, type Node } from "../compose/tree";
import { readYaml } from "../compose/yaml";
import { Findings } from "../findings";
import { given } from "../given";
import { checkEach } from "../validation";
import { batchKeys, times, type Batch, type BatchProblem } from "./batch";
import { readCommand } from "./command";
import { readExpression } from "./expression";
import { placeAt } from "./placeAt";
import { quoteExpressions } from "./quotes";
import { readService } from "./service";

const example = `- { name: nightly, cron: "0 3 * * ? *", command: [node, nightly.mjs] }`;

/** The batches of a schedules file, in its order: those in which nothing is wrong; and all that is wrong. */
export interface ReadSchedules {
    readonly batches: readonly Batch[];
    readonly problems: readonly BatchProblem[];
}

/**
 * Reads a schedules file. `file` is its name in problems; without an application services are not looked up, and without `now` nothing is
 * said of batches whose time is over.
 */
export function readSchedules(text: string, file: string, application?: Application, now?: Date): ReadSchedules {
    const findings = new Findings();
    if (isEmpty(text)) {
        findings.error({ path: [], place: { file, line: 1 } }, `the file is empty; write a list of batches, such as ${example}, or [] for none`);
        return { batches: [], problems: findings.problems };
    }
    const [root, second] = readYaml(quoteExpressions(text, file, findings), file, findings);
    if (root === undefined) return { batches: [], problems: findings.problems };
    if (second !== undefined) findings.error(second, "the file has several documents; keep one of them");
    if (root.kind !== "list") {
        findings.error(root, `a list of batches is expected, such as ${example}`, root.kind === "scalar" ? root.text : undefined);
        return { batches: [], problems: findings.problems };
    }
    const read = root.items.map((item) => readBatch(item, application, now));
    const first = new Map<string, ReadBatch>();
    const unique = read.filter((batch) => isFirst(batch, first));
    return {
        batches: unique.flatMap(({ batch }) => batch ?? []),
        problems: [...findings.problems, ...read.flatMap(({ name, findings: its }) => its.problems.map((problem) => given({ ...problem, batch: name })))].toSorted(
            (a, b) => (a.line ?? 0) - (b.line ?? 0),
        ),
    };
}

/** One item of the list, as far as it can be read. */
interface ReadBatch {
    readonly name?: string;
    readonly batch?: Batch;
    readonly node: Node;
    readonly findings: Findings;
}

function readBatch(node: Node, application: Application | undefined, now: Date | undefined): ReadBatch {
    const findings = new Findings();
    if (node.kind !== "map") {
        findings.error(node, `a batch is a map with name, command and one of ${times.join(", ")}`, node.kind === "scalar" ? node.text : undefined);
        return { node, findings };
    }
    const { data, faults } = checkEach(batchKeys, toPlain(node));
    for (const { path, value, message } of faults) {
        const [key] = path;
        findings.error({ path: [...node.path, ...path], place: placeAt(node, path) }, message, key === "command" ? undefined : value);
    }
    const expression = readExpression(node, data, findings, now);
    const command = readCommand(node, findings);
    const service = readService(node, data.service, application, findings);
    const { name, timezone, enabled = true, timeout, overlap = "allow" } = data;
    const whole = findings.problems.every(({ severity }) => severity !== "error");
    const batch = name !== undefined && expression !== undefined && command !== undefined && whole
        ? given({ name, expression, timezone, service, command, enabled, timeout, overlap })
        : undefined;
    return given({ name: name ?? writtenName(node), batch, node, findings });
}

/** False, and said, for a name that an earlier batch has; `first` has the first batch of each name so far. */
function isFirst(batch: ReadBatch, first: Map<string, ReadBatch>): boolean {
    const { name, node, findings } = batch;
    if (name === undefined) return true;
    const other = first.get(name);
    if (other === undefined) {
        first.set(name, batch);
        return true;
    }
    const at = { path: [...node.path, "name"], place: placeAt(node, ["name"]) };
    findings.error(at, `the batch in line ${String(other.node.place.line)} has this name as well; give one of them another`, name);
    return false;
}

/** A name that is wrong still tells a person which batch is meant. */
function writtenName(node: Node): string | undefined {
    const name = nodeAt(node, ["name"]);
    return name !== node && name.kind === "scalar" && name.value !== null ? name.text : undefined;
}

function isEmpty(text: string): boolean {
    return text.split("\n").every((line) => /^(\s*|\s*#.*|(---|\.\.\.)\s*(#.*)?)\r?$/.test(line));
}
