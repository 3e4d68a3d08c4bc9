import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultDirectories } from "../../../local/directories";
import { ControlClient } from "../../../local/emulator/control";
import { operatorCredentials, startEmulator } from "../../../local/emulator/emulator";
import { preparePython } from "../../../local/emulator/python";
import { endGroup } from "../../../local/processes";
import { projectDirectory } from "../../../local/project";

export const place = { account: "222222222222", region: "eu-west-1" } as const;

/** What every AWS client of a test takes. */
export interface ClientSettings {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
    /** One attempt: a test wants to see the first answer. */
    readonly maxAttempts: number;
    /** Operations whose host begins with a prefix on AWS go to the emulator like all others. */
    readonly disableHostPrefix: boolean;
}

export interface TestEmulator {
    readonly control: ControlClient;
    /** The operator's, of account 123456789012. */
    readonly operator: ClientSettings;
    /** The owner's of account 222222222222. */
    readonly staging: ClientSettings;
    stop(): Promise<void>;
}

/** An emulator for one test file: start it in `before`, stop it in `after`. */
export async function emulatorForTests(): Promise<TestEmulator> {
    const { cache } = defaultDirectories(projectDirectory);
    const folder = mkdtempSync(join(tmpdir(), "understudy-emulator-"));
    const emulator = await startEmulator({ python: await preparePython({ cacheDir: cache }), log: join(folder, "emulator.log") });
    const control = new ControlClient(emulator.endpoint);
    const settings = { endpoint: emulator.endpoint, region: place.region, maxAttempts: 1, disableHostPrefix: true };
    return {
        control,
        operator: { ...settings, credentials: operatorCredentials },
        staging: { ...settings, credentials: await control.rootCredentials(place.account) },
        stop: async () => {
            await endGroup(emulator.process);
            rmSync(folder, { recursive: true });
        },
    };
}

/** Name and message of the error with which a call is refused. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
    try {
        await call;
    } catch (error) {
        const { name, message } = error as Error;
        return `${name}: ${message}`;
    }
    throw new Error("the call succeeded");
}
