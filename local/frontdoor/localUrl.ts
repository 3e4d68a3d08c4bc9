/** The address under which the front door serves a host. @example "http://www.staging.example.com.localhost:40002/" */
export function localUrl(host: string, port: number, path = "/"): string {
    return `http://${host}.localhost:${port}${path}`;
}

/**
 * Where a redirect leads on this machine: to the front door, when it leads to a host that the front door serves, else where it says.
 * Ports of the real load balancer mean nothing here.
 */
export function localizeLocation(location: string, port: number, isServed: (host: string) => boolean): string {
    if (!/^https?:\/\//i.test(location) || !URL.canParse(location)) return location;
    const { hostname, pathname, search, hash } = new URL(location);
    return isServed(hostname) ? localUrl(hostname, port, `${pathname}${search}${hash}`) : location;
}
