import { hostname } from "node:os";
import { UnderstudyError } from "../../automation/index";
import { Docker } from "./docker";

const kinds = ["containers", "processes"] as const;

/** What a task of a local world is made of. */
export type TaskKind = (typeof kinds)[number];

/** Reads `UNDERSTUDY_TASKS`; undefined where it leaves the choice to what there is. Throws on anything but a kind. */
export function readTaskKind(text: string | undefined): TaskKind | undefined {
    if (text === undefined || text === "") return undefined;
    const kind = kinds.find((known) => known === text);
    if (kind === undefined) throw new Error(`UNDERSTUDY_TASKS: got "${text}"; allowed: ${kinds.join(", ")}; write processes`);
    return kind;
}

/** What runs the tasks of a world. */
export interface TaskEngine {
    /** Absent: they are processes. */
    readonly docker?: Docker;
    /** Why they are processes. */
    readonly reason?: string;
}

/**
 * Decides how the tasks of a new world run: as containers where a daemon can start them in this machine's network, unless `UNDERSTUDY_TASKS`
 * wants processes. Fails with kind `engine` where it wants containers and there can be none.
 */
export async function chooseTaskEngine(env: NodeJS.ProcessEnv = process.env): Promise<TaskEngine> {
    const kind = readTaskKind(env["UNDERSTUDY_TASKS"]);
    if (kind === "processes") return { reason: "UNDERSTUDY_TASKS says so" };
    const docker = Docker.of(env);
    const reason = process.platform === "linux" ? await obstacleOf(docker) : "containers need Linux, whose network they share";
    if (reason === undefined) return { docker };
    if (kind === "containers") {
        throw new UnderstudyError("engine", `UNDERSTUDY_TASKS: got "containers", but there can be none: ${reason}`, "start Docker on this machine, or unset the variable");
    }
    return { reason };
}

/** What keeps a daemon's containers from this machine's network, in which they find AWS, each other, and are found; undefined when nothing does. */
async function obstacleOf(docker: Docker): Promise<string | undefined> {
    try {
        return obstacleIn((await docker.info()) as DaemonInfo, hostname());
    } catch (error) {
        return (error as Error).message;
    }
}

/** A part of `docker info`. */
export interface DaemonInfo {
    /** Host name of its machine. */
    readonly Name?: string;
    /** @example ["name=seccomp,profile=default", "name=rootless"] */
    readonly SecurityOptions?: readonly string[];
}

/** Why containers of such a daemon are not in the network of the machine with this host name; undefined when they can be. */
export function obstacleIn({ Name = "unknown", SecurityOptions = [] }: DaemonInfo, host: string): string | undefined {
    if (Name !== host) return `Docker runs on another machine (${Name}), with a network of its own`;
    if (SecurityOptions.includes("name=rootless")) return "Docker runs rootless, with a network of its own";
    if (SecurityOptions.includes("name=userns")) return "Docker gives containers users of their own, and so no part in the machine's network";
    return undefined;
}
