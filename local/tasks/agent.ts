import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RoleCredentials } from "../emulator/views";

/** What a task may ask about itself. */
export interface TaskSelf {
    /** Of the task role. */
    readonly credentials: (() => Promise<RoleCredentials>) | undefined;
    /** ECS's metadata of the task, version 4. */
    readonly metadata: () => Readonly<Record<string, unknown>>;
}

/**
 * The addresses at which ECS answers inside a task: credentials of its role, fetched when they are asked for and so never stale, and
 * metadata. AWS's SDKs find both through the environment.
 */
export class TaskAgent {
    private readonly tasks = new Map<string, TaskSelf & { readonly token: string }>();

    private constructor(
        private readonly server: Server,
        private readonly origin: string,
    ) {}

    static async start(): Promise<TaskAgent> {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const agent = new TaskAgent(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        server.on("request", (request, response: ServerResponse) => {
            void agent.answer(request.url ?? "", request.headers.authorization, response);
        });
        return agent;
    }

    /** Begins to answer for a task. Returns the variables through which its containers find this. */
    add(taskId: string, self: TaskSelf): Readonly<Record<string, string>> {
        const token = randomBytes(24).toString("base64url");
        this.tasks.set(taskId, { ...self, token });
        return {
            ECS_CONTAINER_METADATA_URI_V4: `${this.origin}/v4/${taskId}`,
            ...(self.credentials && {
                AWS_CONTAINER_CREDENTIALS_FULL_URI: `${this.origin}/credentials/${taskId}`,
                AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
            }),
        };
    }

    remove(taskId: string): void {
        this.tasks.delete(taskId);
    }

    close(): void {
        this.server.close();
        this.server.closeAllConnections();
    }

    private async answer(url: string, authorization: string | undefined, response: ServerResponse): Promise<void> {
        const [, kind = "", taskId = "", rest] = url.split("/");
        const task = this.tasks.get(taskId);
        if (kind === "v4" && task !== undefined && (rest === undefined || rest === "task")) {
            send(response, 200, task.metadata());
        } else if (kind === "credentials" && task?.credentials !== undefined && authorization === task.token) {
            try {
                const { accessKeyId, secretAccessKey, sessionToken, expiration } = await task.credentials();
                send(response, 200, {
                    AccessKeyId: accessKeyId,
                    SecretAccessKey: secretAccessKey,
                    Token: sessionToken,
                    Expiration: expiration,
                });
            } catch (error) {
                send(response, 500, { message: error instanceof Error ? error.message : "no credentials" });
            }
        } else {
            send(response, 404, { message: "not found" });
        }
    }
}

function send(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
