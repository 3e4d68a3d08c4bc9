import type { Surroundings } from "./surroundings";

/**
 * The address under which an environment is reached from here. On AWS it is its own; behind a local world's front door the host stands
 * before `localhost`, of a branch only its first label, since the hash in it makes it unique.
 * @example reachable("https://x-1a2b3c4d.staging.example.com", { frontDoor: "http://localhost:8080" }, true) === "http://x-1a2b3c4d.localhost:8080"
 */
export function reachable(url: string, { frontDoor }: Surroundings, branch: boolean): string {
    if (frontDoor === undefined) return url;
    const { hostname } = new URL(url);
    const door = new URL(frontDoor);
    const host = branch ? hostname.split(".", 1).join("") : hostname;
    return `${door.protocol}//${host}.localhost${door.port === "" ? "" : `:${door.port}`}`;
}

/** All addresses of an environment, by service. */
export function allReachable(urls: Readonly<Record<string, string>>, surroundings: Surroundings, branch: boolean): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(urls).map(([service, url]) => [service, reachable(url, surroundings, branch)]));
}
