import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECRClient } from "@aws-sdk/client-ecr";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { ControlClient } from "../emulator/control";
import type { RoleCredentials } from "../emulator/views";

/** The AWS clients that ECS itself uses on behalf of a task: they act as its execution role. */
export interface RoleClients {
    readonly ecr: ECRClient;
    readonly ssm: SSMClient;
    readonly logs: CloudWatchLogsClient;
}

/** The principal as which ECS assumes roles for tasks. */
const tasksPrincipal = "ecs-tasks.amazonaws.com";

/** Credentials are fetched again when they are valid for less than this. */
const renewBeforeInMs = 5 * 60_000;

/** Credentials and clients of the roles that tasks name, shared between tasks of the same role. */
export class Roles {
    private readonly credentials = new Map<string, Promise<RoleCredentials>>();
    private readonly clients = new Map<string, RoleClients>();

    constructor(
        private readonly control: ControlClient,
        private readonly endpoint: string,
    ) {}

    /** Valid credentials of a role. Throws the emulator's refusal when ECS tasks may not assume it. */
    async credentialsOf(roleArn: string): Promise<RoleCredentials> {
        const known = await this.credentials.get(roleArn)?.catch(() => undefined);
        if (known !== undefined && Date.parse(known.expiration) - Date.now() > renewBeforeInMs) return known;
        const fetched = this.control.roleCredentials(roleArn, tasksPrincipal);
        this.credentials.set(roleArn, fetched);
        return fetched;
    }

    /** Clients that act as a role in a region. */
    clientsOf(roleArn: string, region: string): RoleClients {
        const key = `${roleArn} ${region}`;
        const known = this.clients.get(key);
        if (known !== undefined) return known;
        const options = {
            region,
            endpoint: this.endpoint,
            credentials: async () => {
                const { expiration, ...credentials } = await this.credentialsOf(roleArn);
                return { ...credentials, expiration: new Date(expiration) };
            },
        };
        const made = { ecr: new ECRClient(options), ssm: new SSMClient(options), logs: new CloudWatchLogsClient(options) };
        this.clients.set(key, made);
        return made;
    }

    close(): void {
        for (const { ecr, ssm, logs } of this.clients.values()) [ecr, ssm, logs].forEach((client) => client.destroy());
        this.clients.clear();
    }
}
