import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { setTimeout as sleep } from "node:timers/promises";
import { calling } from "../aws/errors";
import type { Clients } from "../aws/clients";
import { UnderstudyError } from "../errors";
import { expressionOf, type Change, type Condition } from "./expression";

/** What an item is about, and which one. */
export interface Key {
    readonly kind: "environment" | "base" | "room";
    readonly id: string;
}

export type Item = Key & Readonly<Record<string, unknown>>;

/** One of several changes that happen together or not at all. */
export type Part = { readonly put: Item; readonly when?: readonly Condition[] } | { readonly key: Key; readonly change: Change };

/** The table is not there: its base was never brought up by a version that makes one, or is gone. */
export class NoTable extends UnderstudyError {
    constructor(table: string, cause: unknown) {
        super("base-missing", `there is no registry ${table}`, "bring the base up with `understudy deploy`", { cause });
    }
}

/** A base's registry as DynamoDB keeps it. Reads are consistent, and a write whose conditions do not hold is told by its result. */
export class Table {
    constructor(
        private readonly aws: Pick<Clients, "dynamodb">,
        readonly name: string,
    ) {}

    async get(key: Key): Promise<Item | undefined> {
        const { Item } = await this.call("read", async () => (await this.aws.dynamodb()).getItem({ TableName: this.name, Key: keyOf(key), ConsistentRead: true }));
        return Item && itemOf(Item);
    }

    /** All items of a kind, sorted by id. */
    async list(kind: Key["kind"]): Promise<readonly Item[]> {
        return this.call("read", async () => {
            const { paginateQuery } = await import("@aws-sdk/client-dynamodb");
            const { ExpressionAttributeNames, ExpressionAttributeValues, ConditionExpression } = expressionOf({ when: [{ path: "kind", is: kind }] });
            const items: Item[] = [];
            const pages = paginateQuery(
                { client: await this.aws.dynamodb() },
                { TableName: this.name, KeyConditionExpression: ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues, ConsistentRead: true },
            );
            for await (const { Items = [] } of pages) items.push(...Items.map(itemOf));
            return items;
        });
    }

    /** Makes or replaces an item. False when a condition does not hold. */
    async put(item: Item, when: readonly Condition[] = []): Promise<boolean> {
        const written = await this.whenItHolds(async () =>
            (await this.aws.dynamodb()).putItem({ TableName: this.name, Item: marshall(item, { removeUndefinedValues: true }), ...expressionOf({ when }) }),
        );
        return written !== undefined;
    }

    /** Changes an item, or makes it where no condition forbids that. Returns it as it is afterwards; undefined when a condition does not hold. */
    async update(key: Key, change: Change): Promise<Item | undefined> {
        const written = await this.whenItHolds(async () =>
            (await this.aws.dynamodb()).updateItem({ TableName: this.name, Key: keyOf(key), ...expressionOf(change), ReturnValues: "ALL_NEW" }),
        );
        return written && itemOf(written.Attributes ?? {});
    }

    /** Removes an item. False when a condition does not hold. */
    async remove(key: Key, when: readonly Condition[] = []): Promise<boolean> {
        const removed = await this.whenItHolds(async () => (await this.aws.dynamodb()).deleteItem({ TableName: this.name, Key: keyOf(key), ...expressionOf({ when }) }));
        return removed !== undefined;
    }

    /** Makes several changes at once. False when a condition of one does not hold, or another writer was at one of the items. */
    async transact(parts: readonly Part[]): Promise<boolean> {
        const TableName = this.name;
        const TransactItems = parts.map((part) => {
            if ("put" in part) return { Put: { TableName, Item: marshall(part.put, { removeUndefinedValues: true }), ...expressionOf({ when: part.when ?? [] }) } };
            const { UpdateExpression = "", ...rest } = expressionOf(part.change);
            return { Update: { TableName, Key: keyOf(part.key), UpdateExpression, ...rest } };
        });
        const written = await this.whenItHolds(async () => (await this.aws.dynamodb()).transactWriteItems({ TransactItems }));
        return written !== undefined;
    }

    private async whenItHolds<T>(work: () => Promise<T>): Promise<T | undefined> {
        return this.call("write", async () => {
            for (let tried = 1; ; tried += 1) {
                try {
                    return await work();
                } catch (error) {
                    if (conditionFailed(error)) return undefined;
                    if (!(error instanceof Error) || error.name !== "TransactionConflictException" || tried === conflictTries) throw error;
                    await sleep(Math.random() * tried * 20); // somebody's transaction has the item for a moment: this says nothing about the condition
                }
            }
        });
    }

    private async call<T>(doing: "read" | "write", work: () => Promise<T>): Promise<T> {
        return calling(`${doing} the registry ${this.name}`, async () => {
            try {
                return await work();
            } catch (error) {
                if (error instanceof Error && error.name === "ResourceNotFoundException") throw new NoTable(this.name, error);
                throw error;
            }
        });
    }
}

const conflictTries = 20;

function keyOf({ kind, id }: Key): Record<string, AttributeValue> {
    return marshall({ kind, id });
}

function itemOf(attributes: Record<string, AttributeValue>): Item {
    return unmarshall(attributes) as Item;
}

/** A transaction names a reason per part; of those only a condition and another writer are an answer. */
function conditionFailed(error: unknown): boolean {
    if (!(error instanceof Error)) return false;
    if (error.name === "ConditionalCheckFailedException") return true;
    const { CancellationReasons = [] } = error as { readonly CancellationReasons?: readonly { readonly Code?: string }[] };
    const codes = CancellationReasons.map(({ Code }) => Code).filter((code) => code !== undefined && code !== "None");
    return error.name === "TransactionCanceledException" && codes.length > 0 && codes.every((code) => code === "ConditionalCheckFailed" || code === "TransactionConflict");
}
