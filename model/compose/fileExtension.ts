import type { z } from "zod";
import type { Bucket, Queue } from "../application";
import type { Findings, Located } from "../findings";
import { given } from "../given";
import { byName } from "../sort";
import { checkEach, flag, integer, seconds } from "../validation";
import { childOf, nodeAt, toPlain, type MapNode, type Node } from "./tree";
import { isNull, ownEntries, readKeys, readTextOrTexts } from "./values";

/** `x-understudy` of a file as a whole: the queues and buckets that each environment has of its own. */
export interface FileExtension {
    readonly queues: readonly Queue[];
    readonly buckets: readonly Bucket[];
}

export const nothingDeclared: FileExtension = { queues: [], buckets: [] };

/** The limits are SQS's own: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html */
const queueOptions = {
    fifo: flag().optional(),
    visibilityTimeout: seconds({ min: 0, max: 43_200 }).optional(),
    retention: seconds({ min: 60, max: 1_209_600 }).optional(),
    maxReceives: integer({ min: 1, max: 1_000 }).optional(),
};

const bucketOptions = {
    versioned: flag().optional(),
    expiryDays: integer({ min: 1, max: 36_500 }).optional(),
};

/** Reads `x-understudy` of the file; the node is the whole file. */
export function readFileExtension(root: MapNode, findings: Findings): FileExtension {
    const node = childOf(root, "x-understudy");
    if (node === undefined || isNull(node)) return nothingDeclared;
    const { queues, buckets } = readKeys(node, findings, ["queues", "buckets"]);
    return {
        queues: readNamed(queues, queueOptions, findings).map(({ name, options }) => ({ name, fifo: false, maxReceives: 5, ...given(options) })),
        buckets: readNamed(buckets, bucketOptions, findings).map(({ name, options }) => ({ name, versioned: false, ...given(options) })),
    };
}

interface Named<S extends z.ZodRawShape> {
    readonly name: string;
    readonly options: Partial<z.output<z.ZodObject<S>>>;
}

/** A list of names, or a map from names to what is different about each; sorted. */
function readNamed<S extends z.ZodRawShape>(node: Node | undefined, shape: S, findings: Findings): readonly Named<S>[] {
    if (node === undefined) return [];
    if (node.kind !== "map") {
        const names = readTextOrTexts(node, findings).flatMap(([at, name]) => readName(at, name, findings) ?? []);
        return [...new Set(names)].map((name) => ({ name, options: {} })).toSorted(byName);
    }
    return ownEntries(node, findings)
        .flatMap(([text, { key, value }]) => {
            const name = readName(key, text, findings);
            const options = isNull(value) ? {} : readOptions(value, shape, findings);
            return name === undefined ? [] : [{ name, options }];
        })
        .toSorted(byName);
}

function readName(at: Located, name: string, findings: Findings): string | undefined {
    if (!/^(?=.{1,20}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return findings.error(at, "a name is 1 to 20 lower-case letters, digits and single hyphens, such as orders", name);
    if (name.endsWith("-dead")) return findings.error(at, "names that end in -dead are those of dead-letter queues; choose another", name);
    return name;
}

function readOptions<S extends z.ZodRawShape>(node: Node, shape: S, findings: Findings): Named<S>["options"] {
    const { data, faults } = checkEach(shape, toPlain(node));
    for (const { path, value, message } of faults) {
        findings.error({ path: [...node.path, ...path], place: nodeAt(node, path).place }, message, value);
    }
    return data;
}
