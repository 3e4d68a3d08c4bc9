import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Table } from "../../../automation/registry/table";
import { emulatorForTests, type ClientSettings, type TestEmulator } from "../../local/emulator/support";

/** A registry in an emulator. */
export interface TestRegistry {
    readonly emulator: TestEmulator;
    readonly dynamodb: DynamoDB;
    readonly table: Table;
    /** Client settings for other processes. */
    readonly settings: ClientSettings;
    stop(): Promise<void>;
}

export const tableName = "shop-staging-registry";

/** Makes an empty registry as the component does. */
export async function registryForTests(): Promise<TestRegistry> {
    const emulator = await emulatorForTests();
    const settings = { ...emulator.staging, maxAttempts: 3 };
    const dynamodb = new DynamoDB(settings);
    return { emulator, dynamodb, table: await makeTable(dynamodb, tableName), settings, stop: () => emulator.stop() };
}

/** A table as the component makes it. */
export async function makeTable(dynamodb: DynamoDB, name: string): Promise<Table> {
    await dynamodb.createTable({
        TableName: name,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
            { AttributeName: "kind", AttributeType: "S" },
            { AttributeName: "id", AttributeType: "S" },
        ],
        KeySchema: [
            { AttributeName: "kind", KeyType: "HASH" },
            { AttributeName: "id", KeyType: "RANGE" },
        ],
    });
    return new Table({ dynamodb: () => Promise.resolve(dynamodb) }, name);
}

/** The variables with which AWS clients work with that emulator. */
export function environmentFor({ endpoint, region, credentials }: ClientSettings): Readonly<Record<string, string>> {
    return { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
}
