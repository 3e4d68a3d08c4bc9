/** How a value of a container's environment or command changes so that it is right on this machine. */
export interface Names {
    /** The loopback address that stands for a private DNS name; undefined for names that nobody here answers to. */
    readonly addressOf: (name: string) => string | undefined;
    /** What the containers of the same task really listen on, by container port. */
    readonly localPorts: ReadonlyMap<number, number>;
}

const hostName = /(?<![\w.-])[a-z0-9_](?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)+(?![\w-]|\.\w)/gi;
const ownPort = /(?<![\w.-])(127\.0\.0\.1|localhost):(\d{1,5})(?!\d)/gi;

/**
 * Puts addresses for private DNS names, and real ports for container ports of the same task. Everything else stays as it is.
 * @example "http://api.staging.internal:8080" becomes "http://127.20.0.7:8080"
 */
export function localize(value: string, { addressOf, localPorts }: Names): string {
    return value
        .replace(ownPort, (found, host: string, port: string) => {
            const local = localPorts.get(Number(port));
            return local === undefined ? found : `${host}:${local}`;
        })
        .replace(hostName, (found) => addressOf(found.toLowerCase()) ?? found);
}

/** True for a name within one of the namespaces. @example isWithin("api.staging.internal", ["staging.internal"]) */
export function isWithin(name: string, namespaces: readonly string[]): boolean {
    return namespaces.some((namespace) => name.endsWith(`.${namespace.toLowerCase()}`));
}
