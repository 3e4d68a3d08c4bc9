import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Where a process listens. */
export interface Endpoint {
    readonly host: string;
    readonly port: number;
}

/** How many addresses are used where each one must be added to the loopback interface first. */
const addressesElsewhere = 200;

/**
 * Gives out loopback addresses, each one once until all have been given. Worlds on the same machine begin at different blocks. Linux
 * answers on all of 127.0.0.0/8; elsewhere fewer are used.
 */
export class LoopbackAddresses {
    private readonly block: number;
    private next = 0;

    constructor(
        seed: string,
        private readonly size = process.platform === "linux" ? 60_000 : addressesElsewhere,
    ) {
        this.block = 16 + ((createHash("sha256").update(seed).digest()[0] ?? 0) % 200);
    }

    /** The next address. @example "127.83.0.1" */
    claim(): string {
        const number = (this.next % this.size) + 1;
        this.next += 1;
        return `127.${this.block}.${Math.floor(number / 250)}.${(number % 250) + 1}`;
    }
}

/** A listening port whose connections go on to another one. */
export interface Forward {
    /** Connections that are open now. */
    connections(): number;
    /** Stops listening and breaks what is open. */
    close(): void;
}

/**
 * Accepts connections at an address and joins each to the endpoint that `choose` names at that moment; without one it is closed at
 * once, as a closed port would. Throws a sentence for the reader when the address cannot be used.
 */
export async function forward(address: string, port: number, choose: () => Endpoint | undefined): Promise<Forward> {
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (incoming) => {
        const to = choose();
        if (to === undefined) {
            incoming.resetAndDestroy();
            return;
        }
        const outgoing = connect({ ...to, allowHalfOpen: true, noDelay: true });
        join(incoming, outgoing, sockets);
        join(outgoing, incoming, sockets);
    });
    await listen(server, address, port);
    return {
        connections: () => sockets.size / 2,
        close: () => {
            server.close();
            for (const socket of sockets) socket.destroy();
        },
    };
}

function join(from: Socket, to: Socket, sockets: Set<Socket>): void {
    sockets.add(from);
    from.pipe(to);
    from.on("error", () => to.destroy());
    from.on("close", () => {
        sockets.delete(from);
        to.destroySoon();
    });
}

async function listen(server: Server, address: string, port: number): Promise<void> {
    server.listen(port, address);
    try {
        await once(server, "listening");
    } catch (error) {
        throw new Error(explainListenError(error as NodeJS.ErrnoException, address, port), { cause: error });
    }
}

function explainListenError({ code, message }: NodeJS.ErrnoException, address: string, port: number): string {
    const explanations: Readonly<Record<string, string>> = {
        EADDRNOTAVAIL: `this machine does not answer at ${address}; run: ${aliasCommand(address)}`,
        EADDRINUSE: `port ${port} is taken at ${address}, most likely by a program that listens on all addresses; stop it`,
        EACCES: `port ${port} is kept for the administrator on this machine; let the container listen on a port from 1024 on`,
    };
    return explanations[code ?? ""] ?? `cannot listen on ${address}:${port}: ${message}`;
}

/** What makes a Mac answer at all the addresses that are used there. */
function aliasCommand(address: string): string {
    const block = address.slice(0, address.lastIndexOf("."));
    return `for last in $(seq 2 ${addressesElsewhere + 1}); do sudo ifconfig lo0 alias ${block}.$last; done`;
}

/** Below the range from which the system itself takes ports for outgoing connections. */
const firstPort = 20_000;
const portCount = 12_000;

/** Gives out ports that no program on this machine listens on. */
export class LocalPorts {
    private readonly taken = new Set<number>();
    private next = Math.floor(Math.random() * portCount);

    /** A free port, kept until it is released. */
    async claim(): Promise<number> {
        for (let tries = 0; tries < portCount; tries += 1) {
            const port = firstPort + (this.next++ % portCount);
            if (this.taken.has(port)) continue;
            this.taken.add(port);
            if (await isFree(port)) return port;
            this.taken.delete(port);
        }
        throw new Error(`no free port between ${firstPort} and ${firstPort + portCount}`);
    }

    release(port: number): void {
        this.taken.delete(port);
    }
}

async function isFree(port: number): Promise<boolean> {
    const server = createServer().listen(port);
    try {
        await once(server, "listening");
        return true;
    } catch {
        return false;
    } finally {
        server.close();
    }
}
