import { AuthorizeSecurityGroupIngressCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateRuleCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { networkInterfaces } from "node:os";
import type { TargetReport } from "../../../local/emulator/views";
import { FrontDoor } from "../../../local/frontdoor/frontDoor";
import { forward } from "../../../local/tasks/loopback";
import { createListener, createNetwork, createTargetGroup } from "../emulator/network";
import { ask as askDoor, type Reply } from "./ask";
import { emulatorForTests, place, type TestEmulator } from "../emulator/support";

describe("front door", function () {
    this.timeout(30_000);
    let emulator: TestEmulator;
    let door: FrontDoor;
    let targetGroup: string;
    let addRule: (host: string) => Promise<unknown>;
    const closers: (() => unknown)[] = [];
    const log: string[] = [];

    before(async function () {
        this.timeout(120_000);
        emulator = await emulatorForTests();
        const network = await createNetwork(emulator.staging);
        const listener = await createListener(emulator.staging, network);
        targetGroup = await createTargetGroup(emulator.staging, "web", network.vpcId);
        const open = { GroupId: network.groupId, IpProtocol: "tcp", FromPort: 80, ToPort: 80, CidrIp: "203.0.113.0/24" };
        await new EC2Client(emulator.staging).send(new AuthorizeSecurityGroupIngressCommand(open));
        let priority = 0;
        addRule = (host) =>
            new ElasticLoadBalancingV2Client(emulator.staging).send(
                new CreateRuleCommand({
                    ListenerArn: listener,
                    Priority: (priority += 1),
                    Conditions: [{ Field: "host-header", Values: [host] }],
                    Actions: [{ Type: "forward", TargetGroupArn: targetGroup }],
                }),
            );
        await addRule("www.staging.example.com");
        door = await FrontDoor.start({
            endpoint: emulator.operator.endpoint,
            port: 0,
            clientAddress: "203.0.113.10",
            idleTimeoutInMs: 300,
            log: (message) => log.push(message),
            onSilence: () => undefined,
        });
    });
    afterEach(async () => {
        await setTargets();
        for (const close of closers.splice(0)) close();
    });
    after(async () => {
        await door.close();
        await emulator.stop();
    });

    async function setTargets(...ports: readonly number[]): Promise<void> {
        const { targetGroups } = await emulator.control.loadBalancing();
        await emulator.control.removeTargets(place, targetGroup, targetGroups.find(({ arn }) => arn === targetGroup)!.targets);
        const targets = ports.map((port): TargetReport => ({ id: "127.0.0.1", port, state: "healthy" }));
        if (targets.length > 0) await emulator.control.putTargets(place, targetGroup, targets);
    }

    /** A target that answers as `listener` does. */
    async function target(listener: RequestListener): Promise<Server & { readonly port: number }> {
        const server = createServer(listener).listen(0, "127.0.0.1");
        await once(server, "listening");
        closers.push(() => {
            server.close();
            server.closeAllConnections();
        });
        return Object.assign(server, { port: (server.address() as AddressInfo).port });
    }

    function ask(...request: Parameters<typeof askDoor> extends [number, ...infer Rest] ? Rest : never): Promise<Reply> {
        return askDoor(door.port, ...request);
    }

    const www = "www.staging.example.com.localhost";

    it("passes a request on with the headers of a load balancer, and its answer back", async () => {
        const { port } = await target((incoming, response) => {
            let body = "";
            incoming.on("data", (chunk) => (body += String(chunk)));
            incoming.on("end", () => {
                response.writeHead(201, {
                    "set-cookie": "a=1; Domain=staging.example.com; Path=/",
                    location: "https://www.staging.example.com/next",
                });
                response.end(JSON.stringify({ method: incoming.method, url: incoming.url, headers: incoming.headers, body }));
            });
        });
        await setTargets(port);
        const { status, headers, body } = await ask(www, "/a%20b?c=d", {
            method: "POST",
            body: "hello",
            headers: { "x-forwarded-for": "192.0.2.1", "x-understudy-client-address": "203.0.113.99" },
        });

        const seen = JSON.parse(body) as { method: string; url: string; headers: Record<string, string>; body: string };
        assert.deepEqual([status, seen.method, seen.url, seen.body], [201, "POST", "/a%20b?c=d", "hello"]);
        assert.deepEqual(
            [headers["set-cookie"], headers.location],
            [["a=1; Path=/"], `http://www.staging.example.com.localhost:${door.port}/next`],
        );
        const { "x-amzn-trace-id": trace, connection: _, "content-length": length, ...rest } = seen.headers;
        assert.match(trace!, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
        assert.equal(length, "5");
        assert.deepEqual(rest, {
            host: "www.staging.example.com",
            "x-forwarded-for": "192.0.2.1, 203.0.113.99",
            "x-forwarded-proto": "http",
            "x-forwarded-port": "80",
        });
    });

    it("answers at ::1 as well", async function () {
        if (
            !Object.values(networkInterfaces())
                .flat()
                .some((known) => known?.address === "::1")
        )
            this.skip();
        assert.equal((await ask("localhost", "/", { address: "::1" })).status, 200);
    });

    it("lets targets take turns", async () => {
        const servers = [await target((_, response) => response.end("one")), await target((_, response) => response.end("two"))];
        await setTargets(...servers.map(({ port }) => port));
        const answers = [];
        for (let count = 0; count < 4; count += 1) answers.push((await ask(www)).body);
        assert.deepEqual(answers.toSorted(), ["one", "one", "two", "two"]);
    });

    it("sees at once what has just come", async () => {
        const { port } = await target((_, response) => response.end("here"));
        for (const host of ["new-1.staging.example.com", "new-2.staging.example.com", "new-3.staging.example.com"]) {
            assert.equal((await ask(`${host}.localhost`)).status, 404);
            await addRule(host);
            assert.equal((await ask(`${host}.localhost`)).status, 503);
            await setTargets(port);
            assert.equal((await ask(`${host}.localhost`)).body, "here");
            await setTargets();
        }
    });

    it("does not let in whom the security groups do not", async () => {
        const { port } = await target((_, response) => response.end("here"));
        await setTargets(port);
        const { status, body } = await ask(www, "/", { headers: { "x-understudy-client-address": "192.0.2.1" } });
        assert.equal(status, 403);
        assert.match(body, /do not let <b>192\.0\.2\.1<\/b> in to <b>www\.staging\.example\.com<\/b>/);
    });

    const failing: readonly {
        readonly name: string;
        readonly status: number;
        readonly title: string;
        readonly listener: RequestListener | undefined;
    }[] = [
        { name: "there is no healthy target", status: 503, title: "503 Service Temporarily Unavailable", listener: undefined },
        {
            name: "a target closes the connection",
            status: 502,
            title: "502 Bad Gateway",
            listener: (incoming) => incoming.socket.destroy(),
        },
        { name: "a target says nothing for too long", status: 504, title: "504 Gateway Time-out", listener: () => undefined },
    ];
    for (const { name, status, title, listener } of failing) {
        it(`answers ${status} when ${name}`, async () => {
            if (listener) await setTargets((await target(listener)).port);
            const reply = await ask(www);
            assert.deepEqual([reply.status, reply.headers.server, reply.headers["content-type"]], [status, "awselb/2.0", "text/html"]);
            assert.equal(
                reply.body,
                `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
            );
        });
    }

    it("answers 502 when nobody listens at the target", async () => {
        const gone = await target(() => undefined);
        gone.close();
        await once(gone, "close");
        await setTargets(gone.port);
        assert.equal((await ask(www)).status, 502);
    });

    it("breaks off an answer that the target breaks off", async () => {
        const { port } = await target((_, response) => {
            response.writeHead(200, { "content-length": 100 });
            response.write("half", () => response.destroy());
        });
        await setTargets(port);
        await assert.rejects(ask(www), { code: "ECONNRESET" });
    });

    it("passes a change of protocol on, in both directions", async () => {
        const server = await target(() => undefined);
        server.on("upgrade", (incoming, socket) => {
            socket.write(
                `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nx-host: ${incoming.headers.host!}\r\n\r\n`,
            );
            socket.on("data", (chunk) => socket.end(`you said ${String(chunk)}`));
        });
        await setTargets(server.port);
        const socket = connect(door.port, "127.0.0.1");
        let seen = "";
        socket.on("data", (chunk) => {
            seen += String(chunk);
            if (seen.endsWith("\r\n\r\n")) socket.write("hello");
        });
        socket.write(`GET /ws HTTP/1.1\r\nhost: ${www}\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n`);
        await once(socket, "end");
        assert.match(seen, /^HTTP\/1\.1 101 Switching Protocols\r\n[^]*x-host: www\.staging\.example\.com\r\n[^]*\r\nyou said hello$/);
    });

    it("refuses a change of protocol where there is no target", async () => {
        assert.equal((await ask(www)).status, 503);
        const socket = connect(door.port, "127.0.0.1");
        let seen = "";
        socket.on("data", (chunk) => (seen += String(chunk)));
        socket.write(`GET /ws HTTP/1.1\r\nhost: ${www}\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n`);
        await once(socket, "close");
        assert.match(seen, /^HTTP\/1\.1 503 Service Unavailable\r\nserver: awselb\/2\.0\r\n/);
    });

    it("answers 502 to a change of protocol that the target does not take up", async () => {
        const server = await target(() => undefined);
        server.on("upgrade", (_, socket) => socket.destroy());
        await setTargets(server.port);
        const socket = connect(door.port, "127.0.0.1");
        let seen = "";
        socket.on("data", (chunk) => (seen += String(chunk)));
        socket.write(`GET /ws HTTP/1.1\r\nhost: ${www}\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n`);
        await once(socket, "close");
        assert.match(seen, /^HTTP\/1\.1 502 Bad Gateway\r\nserver: awselb\/2\.0\r\n/);
    });

    it("lists all environments with their state at its own address", async () => {
        const { port } = await target((_, response) => response.end());
        await setTargets(port);
        const { status, body } = await ask(`localhost:${door.port}`);
        assert.equal(status, 200);
        assert.ok(body.includes("<h2>Account 222222222222</h2>"), body);
        assert.ok(
            body.includes(
                `<li><a href="http://www.staging.example.com.localhost:${door.port}/">www.staging.example.com</a><span class="good">healthy</span></li>`,
            ),
            body,
        );
    });

    it("fails on a port that is taken", async () => {
        const holder = createTcpServer().listen(0, "127.0.0.1");
        await once(holder, "listening");
        const { port } = holder.address() as AddressInfo;
        await assert.rejects(
            FrontDoor.start({
                endpoint: emulator.operator.endpoint,
                port,
                clientAddress: "203.0.113.10",
                log: () => undefined,
                onSilence: () => undefined,
            }),
            { code: "EADDRINUSE" },
        );
        holder.close();
    });

    it("says so while the emulator does not answer, and goes on when it does", async () => {
        const real = Number(new URL(emulator.operator.endpoint).port);
        const detour = await forward("127.8.8.8", real, () => ({ host: "127.0.0.1", port: real }));
        const said: string[] = [];
        const other = await FrontDoor.start({
            endpoint: `http://127.8.8.8:${real}`,
            port: 0,
            clientAddress: "203.0.113.10",
            log: (line) => said.push(line),
            onSilence: () => undefined,
        });
        closers.push(() => other.close());
        const status = async (): Promise<number> => (await fetch(`http://127.0.0.1:${other.port}/`)).status;
        assert.equal(await status(), 200);
        detour.close();
        while ((await status()) === 200);
        assert.equal(await status(), 503);
        const again = await forward("127.8.8.8", real, () => ({ host: "127.0.0.1", port: real }));
        closers.push(() => again.close());
        while ((await status()) !== 200);
        assert.equal(said.filter((line) => line.startsWith("the emulator does not answer, waiting for it:")).length, 1);
    });
});
