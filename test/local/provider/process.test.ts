import assert from "node:assert/strict";
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { installProviders, pluginVersion } from "../../../local/provider/install";
import { toStruct } from "../../../local/provider/values";
import { ask, urnOf } from "./support/engine";
import { providerArguments, testWorld } from "./support/world";

/** How a client of HTTP/2 begins: with a fixed text, and settings that are all the default. */
const greeting = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]);
/** How the engine takes its leave: a GOAWAY that names a stream which a server cannot have begun. Node.js tears the connection down for it. */
const farewell = Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0x5f, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

describe("an installed provider", () => {
    let home: string;

    before(function () {
        this.timeout(60_000); // compiles the program when its sources are new
        home = mkdtempSync(path.join(tmpdir(), "understudy-plugins-"));
        installProviders(home);
        installProviders(home);
    });
    after(() => rmSync(home, { recursive: true }));

    it("stands where the engine looks for the plugins of the SDK packages, and nothing else does", () => {
        const folder = (name: string): string => `resource-${name}-v${pluginVersion(name)}`;
        assert.deepEqual(readdirSync(path.join(home, "plugins")).sort(), [folder("aws"), folder("awsx")]);
        for (const name of ["aws", "awsx"]) {
            assert.deepEqual(readdirSync(path.join(home, "plugins", folder(name))).sort(), [`pulumi-resource-${name}`, "start.js"]);
            assert.equal(statSync(path.join(home, "plugins", folder(name), `pulumi-resource-${name}`)).mode & 0o111, 0o111);
        }
    });

    for (const name of ["aws", "awsx"]) {
        it(`says its port and its version, and ends when the engine is gone: ${name}`, async () => {
            const { child, port } = await start(name);
            const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
            const info = await ask<PluginInfo>((reply) => client.getPluginInfo(new Empty(), reply));
            client.close();
            assert.equal(info.getVersion(), pluginVersion(name));
            child.stdin.end();
            assert.deepEqual(await once(child, "exit"), [0, null]);
        });
    }

    it("ends at once on SIGINT when nothing is under way", async () => {
        const { child } = await start("aws");
        child.kill("SIGINT");
        assert.deepEqual(await once(child, "exit"), [0, null]);
    });

    it("ends at once when the engine takes its leave in the same moment", async () => {
        const { child, port } = await start("aws");
        const engine = connect(port, "127.0.0.1");
        engine.write(greeting);
        await once(engine, "data");
        child.kill("SIGSTOP"); // so that it finds both at once
        engine.write(farewell);
        engine.destroySoon();
        await once(engine, "close");
        child.kill("SIGINT");
        child.kill("SIGCONT");
        assert.deepEqual(await once(child, "exit"), [0, null]);
    });

    it("finishes what is under way before it ends", async () => {
        const { emulator } = await testWorld();
        const { child, port } = await start("aws", { AWS_ENDPOINT_URL: emulator.staging.endpoint });
        const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
        const configuration = new pb.ConfigureRequest().setArgs(toStruct(providerArguments(emulator)));
        await ask((reply) => client.configure(configuration, reply));
        await emulator.control.setFaults([{ service: "logs", operation: "CreateLogGroup", times: 1, delay: 500 }]);
        const request = new pb.CreateRequest()
            .setUrn(urnOf("aws:cloudwatch/logGroup:LogGroup", "slow"))
            .setProperties(toStruct({ name: "/slow", tagsAll: {} }));
        const created = ask<pb.CreateResponse>((reply) => client.create(request, reply));
        while ((await emulator.control.faults()).length > 0); // until the emulator has the call
        child.kill("SIGINT");
        assert.equal((await created).getId(), "/slow");
        client.close();
        assert.deepEqual(await once(child, "exit"), [0, null]);
    });

    async function start(
        name: string,
        environment: NodeJS.ProcessEnv = {},
    ): Promise<{ child: ChildProcessByStdio<Writable, Readable, null>; port: number }> {
        const command = path.join(home, "plugins", `resource-${name}-v${pluginVersion(name)}`, `pulumi-resource-${name}`);
        const child = spawn(command, ["127.0.0.1:1"], { env: { ...process.env, ...environment }, stdio: ["pipe", "pipe", "inherit"] });
        const [chunk] = (await once(child.stdout, "data")) as [Buffer];
        return { child, port: Number(chunk.toString().trim()) };
    }
});
