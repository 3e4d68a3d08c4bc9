/** What can be found out about a service whose deployment did not come to its end, newest first. Plain values. */
export interface Evidence {
    /** Tasks of the wanted revision that have ended. */
    readonly stopped: readonly StoppedTask[];
    /** Registered targets that the load balancer does not use, in its own words. */
    readonly unhealthy: readonly UnhealthyTarget[];
    /** What the load balancer asks for. @example "/healthcheck" */
    readonly healthPath?: string;
    /** ECS's own list of what happened to the service since the deployment began. */
    readonly events: readonly string[];
}

export interface StoppedTask {
    /** @example "EssentialContainerExited" */
    readonly stopCode?: string;
    readonly stoppedReason?: string;
    readonly containers: readonly StoppedContainer[];
}

export interface StoppedContainer {
    readonly name: string;
    readonly exitCode?: number;
    /** @example "CannotPullContainerError: …" */
    readonly reason?: string;
    /** The end of what it wrote, oldest first. */
    readonly lastLines: readonly string[];
}

export interface UnhealthyTarget {
    /** @example "Target.ResponseCodeMismatch" */
    readonly reason?: string;
    /** @example "Health checks failed with these codes: [503]" */
    readonly description?: string;
}

/** What kept a service from running. */
export type Cause = "image" | "secret" | "start" | "exit" | "health" | "capacity" | "unknown";

export interface Reason {
    readonly cause: Cause;
    /** One sentence, lower case, without a full stop. @example "container web exited with code 1: …" */
    readonly sentence: string;
}

/**
 * The most telling reason in the evidence. What keeps a task from starting comes before what happens to a running one, since the latter
 * can be left over from an earlier try; the lack of capacity comes last, since ECS goes on trying.
 */
export function reasonOf(evidence: Evidence): Reason {
    for (const look of [imageMissing, secretMissing, neverStarted, exited, unhealthy, noCapacity]) {
        const reason = look(evidence);
        if (reason !== undefined) return reason;
    }
    const [last] = evidence.events;
    return { cause: "unknown", sentence: last === undefined ? "no task became healthy, and ECS does not say why" : `no task became healthy; ECS says: ${ownWords(last)}` };
}

type Look = (evidence: Evidence) => Reason | undefined;

const imageMissing: Look = ({ stopped }) => {
    const said = firstOf(stopped, /CannotPull(Container|ECRContainer|Image)\w*Error/);
    if (said === undefined) return undefined;
    const [image] = /\S+\/\S+(@sha256:[0-9a-f]{64}|:[\w.-]+)/.exec(said.replace(/^\w+:/, "")) ?? [];
    const gone = /not found|does not exist|manifest unknown/i.test(said);
    const name = image ?? "its image";
    return { cause: "image", sentence: gone ? `${name} is not in the registry` : `${name} cannot be pulled: ${afterPrefix(said)}` };
};

const secretMissing: Look = ({ stopped }) => {
    const said = firstOf(stopped, /ResourceInitializationError.*(secret|ssm|parameter)/is);
    if (said === undefined) return undefined;
    const names = /invalid (?:ssm )?parameters?:? \[?([^\]\n]+?)\]?(?:$|\s*[.;\n])/i.exec(said)?.[1] ?? /(\/[\w.-]+){2,}/.exec(said)?.[0];
    const denied = /AccessDenied/.test(said);
    if (names === undefined) return { cause: "secret", sentence: `its secrets cannot be read: ${afterPrefix(said)}` };
    return { cause: "secret", sentence: denied ? `its execution role may not read the secret ${names.trim()}` : `the secret ${names.trim()} is not in the parameter store` };
};

const neverStarted: Look = ({ stopped }) => {
    const said = firstOf(stopped, /^(ResourceInitialization|CannotStartContainer|CannotCreateVolume|ContainerRuntime|Internal)\w*Error/);
    return said === undefined ? undefined : { cause: "start", sentence: `its tasks cannot start: ${afterPrefix(said)}` };
};

const exited: Look = ({ stopped }) => {
    const containers = stopped.filter(({ stopCode }) => stopCode === "EssentialContainerExited").flatMap(({ containers: all }) => all);
    const ended = containers.find(({ exitCode = 0 }) => exitCode !== 0) ?? containers.find(({ exitCode }) => exitCode !== undefined);
    if (ended === undefined) return undefined;
    const { name, exitCode = 0, reason = "", lastLines } = ended;
    const wrote = lastLines.length === 0 ? "it wrote nothing" : `its last lines were: ${lastLines.map((line) => line.trim()).join(" | ")}`;
    if (/OutOfMemory/.test(reason)) return { cause: "exit", sentence: `container ${name} was stopped because it needed more memory than it has; ${wrote}` };
    const how = exitCode === 0 ? "ended by itself (code 0), although a service has to go on" : `exited with code ${exitCode}`;
    return { cause: "exit", sentence: `container ${name} ${how}; ${wrote}` };
};

const unhealthy: Look = ({ stopped, unhealthy: targets, healthPath, events }) => {
    const check = healthPath === undefined ? "its health check" : `its health check ${healthPath}`;
    const sayings = [
        ...targets.flatMap(({ reason, description }) => (reason === "Elb.RegistrationInProgress" || reason === "Target.NotRegistered" ? [] : [description ?? reason ?? ""])),
        ...events.filter((event) => /is unhealthy in/.test(event)),
    ];
    const codes = sayings.map((text) => /codes?: \[?([\d, ]+)\]?/.exec(text)?.[1]).find((found) => found !== undefined);
    if (codes !== undefined) return { cause: "health", sentence: `${check} was answered with status ${codes.trim()}` };
    if (sayings.some((text) => /timed? ?out/i.test(text))) return { cause: "health", sentence: `${check} was not answered in time` };
    const [first] = sayings;
    if (first !== undefined) return { cause: "health", sentence: `${check} failed: ${ownWords(first)}` };
    if (stopped.some(({ stoppedReason = "" }) => /failed container health checks/i.test(stoppedReason)) || events.some((event) => /failed container health checks/i.test(event))) {
        return { cause: "health", sentence: "the health check of its container failed" };
    }
    const byBalancer = stopped.some(({ stoppedReason = "" }) => /failed ELB health checks/i.test(stoppedReason));
    return byBalancer ? { cause: "health", sentence: `${check} failed` } : undefined;
};

const withoutPlace = /capacity is unavailable|insufficient capacity|unable to place a task/i;

/** Whether the last that ECS says of a service, newest first, is that it finds no place for a task. */
export function lacksCapacity([newest = ""]: readonly string[]): boolean {
    return withoutPlace.test(newest);
}

const noCapacity: Look = ({ events, stopped }) => {
    const said = [...events, ...stopped.map(({ stoppedReason = "" }) => stoppedReason)].find((text) => withoutPlace.test(text));
    if (said === undefined) return undefined;
    const reason = /Reason: (.+?)\.(?: For more|$)/.exec(said)?.[1] ?? ownWords(said);
    return { cause: "capacity", sentence: `AWS has no place for its tasks now: ${lowerFirst(reason)}` };
};

/** What a task or a container says for its end that looks like this. */
function firstOf(stopped: readonly StoppedTask[], pattern: RegExp): string | undefined {
    return stopped.flatMap(({ stoppedReason, containers }) => [stoppedReason, ...containers.map(({ reason }) => reason)]).find((text) => text !== undefined && pattern.test(text));
}

function afterPrefix(text: string): string {
    return text.replace(/^\w+Error: /, "").split("\n", 1).join("").trim();
}

/** An event without its beginning, which names the service, and its end, which names a manual. */
function ownWords(text: string): string {
    return text.replace(/^\(service [^)]*\) /, "").replace(/\s*For more information.*$/, "").replace(/\.$/, "");
}

function lowerFirst(text: string): string {
    return text.charAt(0).toLowerCase() + text.slice(1);
}
