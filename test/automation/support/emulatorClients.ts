import { makeClients, type Clients } from "../../../automation/aws/clients";
import type { ClientSettings } from "../../local/emulator/support";

/** AWS as the holder of these credentials sees it. */
export function clientsOf({ endpoint, region, credentials }: ClientSettings): Clients {
    return makeClients(environmentOf({ endpoint, credentials }), { region });
}

/** Variables that lead every client to the emulator. */
export function environmentOf({ endpoint, credentials }: Pick<ClientSettings, "endpoint" | "credentials">): Readonly<Record<string, string>> {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    return {
        AWS_ENDPOINT_URL: endpoint,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
    };
}
