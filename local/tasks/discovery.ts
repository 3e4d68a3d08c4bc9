import { type Endpoint, forward, type Forward, type LoopbackAddresses } from "./loopback";
import { isWithin } from "./names";

/** A running task under a private DNS name. */
export interface Instance {
    readonly address: string;
    readonly ports: readonly number[];
}

/** One name: the address that stands for it, its instances, and the ports that are open because of them. */
interface NamedProxy {
    readonly address: string;
    readonly instances: Set<Instance>;
    readonly forwards: Map<number, Promise<Forward>>;
    turn: number;
}

/**
 * What private DNS does for tasks, without DNS: every name has one loopback address for the runner's whole life, and connections to it
 * go to the instances that are registered under the name, in turn. A name without instances refuses connections.
 */
export class PrivateNames {
    private readonly proxies = new Map<string, NamedProxy>();

    constructor(
        private readonly addresses: LoopbackAddresses,
        /** Told when a port of a name cannot be opened. */
        private readonly warn: (message: string) => void,
    ) {}

    /** The address for a name in one of the account's namespaces; undefined for any other name. */
    addressOf(account: string, namespaces: readonly string[], name: string): string | undefined {
        return isWithin(name, namespaces) ? this.proxyOf(account, name).address : undefined;
    }

    /** Adds an instance to a name and returns what takes it out again. */
    join(account: string, name: string, instance: Instance): () => void {
        const proxy = this.proxyOf(account, name);
        proxy.instances.add(instance);
        for (const port of instance.ports) this.open(proxy, port);
        return () => {
            proxy.instances.delete(instance);
            for (const port of instance.ports) this.closeUnused(proxy, port);
        };
    }

    /** Closes everything. */
    close(): void {
        for (const { instances, forwards } of this.proxies.values()) {
            instances.clear();
            for (const opening of forwards.values()) closeWhenOpen(opening);
            forwards.clear();
        }
    }

    private proxyOf(account: string, name: string): NamedProxy {
        const key = `${account} ${name}`;
        const known = this.proxies.get(key);
        if (known !== undefined) return known;
        const proxy: NamedProxy = { address: this.addresses.claim(), instances: new Set(), forwards: new Map(), turn: 0 };
        this.proxies.set(key, proxy);
        return proxy;
    }

    private open(proxy: NamedProxy, port: number): void {
        if (proxy.forwards.has(port)) return;
        const opening = forward(proxy.address, port, () => choose(proxy, port));
        opening.catch((error: unknown) => {
            proxy.forwards.delete(port);
            this.warn(error instanceof Error ? error.message : String(error));
        });
        proxy.forwards.set(port, opening);
    }

    private closeUnused(proxy: NamedProxy, port: number): void {
        const opening = proxy.forwards.get(port);
        if (opening === undefined || instancesWith(proxy, port).length > 0) return;
        proxy.forwards.delete(port);
        closeWhenOpen(opening);
    }
}

function choose(proxy: NamedProxy, port: number): Endpoint | undefined {
    const instances = instancesWith(proxy, port);
    const instance = instances[proxy.turn % Math.max(instances.length, 1)];
    proxy.turn += 1;
    return instance && { host: instance.address, port };
}

function instancesWith({ instances }: NamedProxy, port: number): readonly Instance[] {
    return [...instances].filter(({ ports }) => ports.includes(port));
}

function closeWhenOpen(opening: Promise<Forward>): void {
    opening.then(
        (open) => {
            open.close();
        },
        () => undefined, // it never opened, and was warned about
    );
}
