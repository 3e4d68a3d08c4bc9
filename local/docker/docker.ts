import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

/** Variables that say which daemon the `docker` command talks to, and as whom. A context that was chosen with `docker context use` needs none. */
const daemonVariables = ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"];

/** Which of them are set, and to what. */
export type DaemonVariables = Readonly<Record<string, string>>;

export interface RunOptions {
    /** Added to the environment of the command. */
    readonly env?: Readonly<Record<string, string>>;
    /** Ends the command. */
    readonly signal?: AbortSignal;
    /** Out of reach of the signals that this process's group gets; default false. */
    readonly detached?: boolean;
}

/** The command failed. The message is one line, in the words of the daemon. */
export class DockerError extends Error {
    override readonly name = "DockerError";

    constructor(
        message: string,
        /** Everything that the command wrote. */
        readonly output: string,
        options?: ErrorOptions,
    ) {
        super(message, options);
    }
}

/** How long a daemon may take to say that it is there. */
const patienceInMs = 5_000;

/** A Docker daemon, asked through the user's own `docker` command and so with the user's contexts and credentials. */
export class Docker {
    constructor(readonly daemon: DaemonVariables) {}

    /** The daemon that an environment names. */
    static of(env: NodeJS.ProcessEnv): Docker {
        return new Docker(Object.fromEntries(daemonVariables.flatMap((name) => (env[name] ? [[name, env[name]]] : []))));
    }

    /** The environment of every command: that of this process, except for which daemon it is. */
    get env(): Record<string, string> {
        const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
        return { ...Object.fromEntries(own.filter(([name]) => !daemonVariables.includes(name))), ...this.daemon };
    }

    /** Runs a command to its end and returns its standard output without the last line break. Throws `DockerError` when it fails. */
    async run(args: readonly string[], options: RunOptions = {}): Promise<string> {
        const child = this.start(args, options);
        const [all, out, errors]: [string[], string[], string[]] = [[], [], []];
        child.stdout.setEncoding("utf8").on("data", (text: string) => void (all.push(text), out.push(text)));
        child.stderr.setEncoding("utf8").on("data", (text: string) => void (all.push(text), errors.push(text)));
        const [code] = (await once(child, "close").catch((error: unknown) => {
            throw new DockerError(explain(error as NodeJS.ErrnoException), all.join(""), { cause: error });
        })) as [number | null];
        if (code !== 0) throw new DockerError(wordsOf(errors.join("")), all.join(""));
        return out.join("").trimEnd();
    }

    /** Starts a command. */
    start(args: readonly string[], { env, ...options }: RunOptions = {}): ChildProcessByStdio<null, Readable, Readable> {
        return spawn("docker", args, { ...options, env: { ...this.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    }

    /** What the daemon says of itself. Throws `DockerError` when it does not answer in time. */
    async info(): Promise<unknown> {
        return JSON.parse(await this.run(["info", "--format", "{{json .}}"], { signal: AbortSignal.timeout(patienceInMs) }));
    }

    /** True when the daemon answers in time. */
    answers(): Promise<boolean> {
        return succeeds(this.run(["version"], { signal: AbortSignal.timeout(patienceInMs) }));
    }

    /** True when it has an image: nothing has to be pulled or built. */
    has(reference: string): Promise<boolean> {
        return succeeds(this.run(["image", "inspect", "--format", "{{.Id}}", reference]));
    }
}

async function succeeds(command: Promise<unknown>): Promise<boolean> {
    return command.then(
        () => true,
        () => false,
    );
}

function explain({ code, name, message }: NodeJS.ErrnoException): string {
    if (code === "ENOENT") return "there is no docker command in PATH";
    return name === "AbortError" ? "the Docker daemon did not answer in time" : `docker cannot be run: ${message}`;
}

/** Of what the command says about a failure, the line with the reason: the daemon's own, or else the last one. */
function wordsOf(text: string): string {
    const prefix = /^(docker: )?error( response from daemon)?: /i;
    const lines = text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
    return (lines.find((line) => prefix.test(line)) ?? lines.at(-1) ?? "docker failed and gave no reason").replace(prefix, "");
}
