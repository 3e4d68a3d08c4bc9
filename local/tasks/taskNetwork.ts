import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { forward, type Forward, type LocalPorts, type LoopbackAddresses } from "./loopback";

/**
 * A task's own network, as far as a machine without containers has one: a loopback address on which every container port answers, each
 * forwarded to the port on which the container's process really listens. All containers share the address. Of a container's ports one
 * can be moved: the preferred one if it has that, else its first; the process learns it from `PORT`.
 */
export class TaskNetwork {
    private readonly forwards: Forward[] = [];

    private constructor(
        readonly address: string,
        /** Where processes listen on 127.0.0.1, by container port. */
        readonly localPorts: ReadonlyMap<number, number>,
        private readonly ports: LocalPorts,
    ) {}

    /** Throws a sentence for the reader when the machine refuses an address or a port. */
    static async open(
        containers: readonly ContainerDefinition[],
        preferred: readonly number[],
        addresses: LoopbackAddresses,
        ports: LocalPorts,
    ): Promise<TaskNetwork> {
        const moved = containers.map((container) => movedPort(container, preferred)).filter((port) => port !== undefined);
        const localPorts = new Map<number, number>();
        for (const port of moved) localPorts.set(port, await ports.claim());
        const network = new TaskNetwork(addresses.claim(), localPorts, ports);
        try {
            for (const [port, local] of localPorts) {
                network.forwards.push(await forward(network.address, port, () => ({ host: "127.0.0.1", port: local })));
            }
        } catch (error) {
            network.close();
            throw error;
        }
        return network;
    }

    /** Variables that tell a container where to listen. */
    environmentOf(container: ContainerDefinition, preferred: readonly number[]): Readonly<Record<string, string>> {
        const local = this.localPorts.get(movedPort(container, preferred) ?? 0);
        return local === undefined ? {} : { PORT: String(local) };
    }

    /** Connections from outside that are open now. */
    connections(): number {
        return this.forwards.reduce((sum, open) => sum + open.connections(), 0);
    }

    close(): void {
        for (const open of this.forwards) open.close();
        for (const local of this.localPorts.values()) this.ports.release(local);
    }
}

function movedPort({ portMappings = [] }: ContainerDefinition, preferred: readonly number[]): number | undefined {
    const ports = portMappings.filter(({ protocol }) => protocol !== "udp").map(({ containerPort = 0 }) => containerPort);
    return ports.find((port) => preferred.includes(port)) ?? ports[0];
}
