import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { setTimeout as sleep } from "node:timers/promises";
import { whileHeld } from "../../../automation/registry/lease";
import { thisOwner } from "../../../automation/registry/owner";
import { Table } from "../../../automation/registry/table";
import type { ClientSettings } from "../../local/emulator/support";
import { tableName } from "./support";

// A process that takes a lease, says so and holds it, to be killed or stopped in the middle of it.

const { settings, known } = JSON.parse(process.env["UNDERSTUDY_TEST"] ?? "") as { readonly settings: ClientSettings; readonly known: boolean };
const dynamodb = new DynamoDB(settings);
const { machine, ...owner } = thisOwner({});

void whileHeld(
    {
        table: new Table({ dynamodb: () => Promise.resolve(dynamodb) }, tableName),
        key: { kind: "environment", id: "search-1a2b3c4d" },
        stack: "branch-search-1a2b3c4d",
        order: "newest",
        owner: { ...owner, ...(known && machine !== undefined && { machine }) },
        emit: () => undefined,
        signal: undefined,
        patience: 60,
        timing: { beat: 50, judged: 1_000, look: 50 },
    },
    async (lease) => {
        process.stdout.write("held\n");
        for (let count = 0; ; count += 1) {
            await sleep(50);
            await lease.update({ set: { count } });
        }
    },
).catch((error: unknown) => {
    process.stdout.write(`${String(error)}\n`);
    process.exitCode = 8;
});
