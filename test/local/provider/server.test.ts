import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { makeDeferred } from "../../../local/tasks/deferred";
import { Provider } from "../../../local/provider/provider";
import { serve, type RunningServer } from "../../../local/provider/server";
import { fromStruct, type Props } from "../../../local/provider/values";
import { ask } from "./support/engine";

/** Something else that happens in this process when a test says so. */
class Bell implements Disposable {
    private constructor(
        private readonly rope: Socket,
        private readonly clapper: Socket,
        private readonly server: Server,
    ) {}

    static async hang(): Promise<Bell> {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const rope = connect((server.address() as AddressInfo).port, "127.0.0.1");
        const [clapper] = (await once(server, "connection")) as [Socket];
        const bell = new Bell(rope, clapper, server);
        await bell.ring(); // from now on it is listened to
        return bell;
    }

    /** Is done in the round of events that comes next, after whatever else was sent before. */
    async ring(): Promise<void> {
        this.rope.write("!");
        await once(this.clapper, "data");
    }

    [Symbol.dispose](): void {
        this.rope.destroy();
        this.clapper.destroy();
        this.server.close();
    }
}

/** A provider whose functions answer when the test says so. */
class SlowProvider extends Provider {
    readonly asked = makeDeferred<undefined>();
    readonly answer = makeDeferred<Props>();

    override async invoke(): Promise<Props> {
        this.asked.resolve(undefined);
        return await this.answer.promise;
    }
}

describe("the provider's server, when it is to finish", () => {
    it("answers what is under way first, and takes nothing new", async () => {
        const { provider, server, client } = await start();
        const answered = ask<pb.InvokeResponse>((reply) => client.invoke(new pb.InvokeRequest(), reply));
        await provider.asked.promise;
        const finished = server.finish();
        await refuses(server);
        provider.answer.resolve({ late: true });
        assert.deepEqual(fromStruct((await answered).getReturn()), { late: true });
        await finished;
        client.close();
    });

    it("ends what is under way first, also when nobody waits for the answer any more", async () => {
        const { provider, server, client } = await start();
        let call: grpc.ClientUnaryCall | undefined;
        const givenUp = ask((reply) => (call = client.invoke(new pb.InvokeRequest(), reply)));
        await provider.asked.promise;
        call?.cancel();
        client.close();
        await assert.rejects(givenUp, { message: "Cancelled on client" });
        using bell = await Bell.hang();
        const order: string[] = [];
        const finished = server.finish().then(() => order.push("finished"));
        for (let time = 0; time < 10; time++) await bell.ring();
        order.push("answers");
        provider.answer.resolve({});
        await finished;
        assert.deepEqual(order, ["answers", "finished"]);
    });

    async function start(): Promise<{ readonly provider: SlowProvider; readonly server: RunningServer; readonly client: ResourceProviderClient }> {
        const provider = new SlowProvider("7.48.0", {});
        const server = await serve(provider);
        const client = new ResourceProviderClient(`127.0.0.1:${server.port}`, grpc.credentials.createInsecure());
        return { provider, server, client };
    }

    async function refuses({ port }: RunningServer): Promise<void> {
        await assert.rejects(once(connect(port, "127.0.0.1"), "connect"), { code: "ECONNREFUSED" });
    }
});
