import type { Addresses } from "./addresses";

/** A URL's scheme, and what stands between it and the path. Hosts may follow each other with commas, and so may whole URLs. */
const authority = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*:\/\/)((?:(?![,;| ][a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>\\;|])*)/gi;

/** A text in which hosts of URLs were replaced, and which ones. */
export interface RewrittenText {
    readonly text: string;
    /** The services whose names were replaced by their addresses, in order. */
    readonly replaced: readonly string[];
}

/**
 * Replaces the hosts of all URLs in a text that are names of services.
 * @example rewriteUrls("http://me@api:80/x", new Map([["api", "api.staging.internal"]])).text // "http://me@api.staging.internal:80/x"
 */
export function rewriteUrls(text: string, addresses: Addresses): RewrittenText {
    const replaced = urlHosts(text).filter((host) => addresses.has(host));
    return { text: replaceHosts(text, (host) => addresses.get(host) ?? host), replaced: [...new Set(replaced)] };
}

/** The hosts of all URLs in a text. */
export function urlHosts(text: string): readonly string[] {
    const hosts: string[] = [];
    replaceHosts(text, (host) => {
        hosts.push(host);
        return host;
    });
    return hosts;
}

/** The hosts of a text that is nothing but names, perhaps with ports, separated by commas. @example bareHosts("a:80, b") // ["a", "b"] */
export function bareHosts(text: string): readonly string[] {
    return text.split(",").map((part) => part.trim().replace(/:\d+$/, ""));
}

function replaceHosts(text: string, replace: (host: string) => string): string {
    return text.replace(authority, (_url, scheme: string, rest: string) => {
        const userinfo = rest.slice(0, rest.lastIndexOf("@") + 1);
        const hosts = rest.slice(userinfo.length).split(",");
        return `${scheme}${userinfo}${hosts.map((host) => replaceHost(host, replace)).join(",")}`;
    });
}

function replaceHost(hostAndPort: string, replace: (host: string) => string): string {
    const [, host = "", port = ""] = /^([^:]*)(.*)$/s.exec(hostAndPort) ?? [];
    return `${host === "" ? host : replace(host)}${port}`;
}
