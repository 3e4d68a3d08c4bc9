import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import fc from "fast-check";
import type { TaskView } from "../../../local/emulator/views";
import { Bell } from "../../../local/tasks/bell";
import { LineSplitter, longestLine } from "../../../local/tasks/logLines";
import { countOfBatch } from "../../../local/tasks/logStream";
import { forward, LocalPorts, LoopbackAddresses } from "../../../local/tasks/loopback";
import { planTask } from "../../../local/tasks/taskPlan";
import { readTimeScale } from "../../../local/tasks/timeScale";

describe("LineSplitter", () => {
    it("gives every line once and in order, however the bytes are cut", () => {
        const text = fc.array(
            fc.string({ unit: "binary", maxLength: 20 }).map((line) => line.replace(/[\r\n]/g, "")),
            { minLength: 1, maxLength: 6 },
        );
        fc.assert(
            fc.property(text, fc.array(fc.nat(40)), (lines, cuts) => {
                const bytes = Buffer.from(lines.join("\n"));
                const splitter = new LineSplitter();
                const seen: string[] = [];
                let from = 0;
                for (const cut of cuts) {
                    seen.push(...splitter.push(bytes.subarray(from, from + cut)));
                    from += cut;
                }
                seen.push(...splitter.push(bytes.subarray(from)), ...splitter.end());
                const valid = Buffer.from(lines.join("\n")).toString().split("\n"); // half characters became replacement characters
                assert.deepEqual(seen, valid.at(-1) === "" ? valid.slice(0, -1) : valid);
            }),
        );
    });

    it("takes the carriage return off the end of a line", () => {
        assert.deepEqual(new LineSplitter().push(Buffer.from("one\r\ntwo\r\n")), ["one", "two"]);
    });

    it("splits long lines between characters, as soon as they are too long", () => {
        const splitter = new LineSplitter();
        const first = splitter.push(Buffer.from(`x${"\u{1F680}".repeat(longestLine)}`));
        assert.deepEqual(
            first.map(({ length }) => length),
            [longestLine - 1, longestLine],
        );
        const all = [...first, ...splitter.push(Buffer.from("\n"))].join("");
        assert.equal(all, `x${"\u{1F680}".repeat(longestLine)}`);
    });
});

describe("countOfBatch", () => {
    it("keeps within CloudWatch's limits of events and bytes", () => {
        assert.equal(countOfBatch(Array.from({ length: 10_001 }, () => ({ timestamp: 0, message: "x" }))), 10_000);
        assert.equal(countOfBatch(Array.from({ length: 100 }, () => ({ timestamp: 0, message: "é".repeat(16_384) }))), 31);
        assert.equal(countOfBatch([]), 0);
    });
});

describe("planTask", () => {
    const view = (more: Partial<TaskView>): TaskView =>
        ({ group: "family:once", lastStatus: "PROVISIONING", desiredStatus: "RUNNING", ...more }) as TaskView;
    const cases: readonly { readonly name: string; readonly view: TaskView; readonly held: boolean; readonly step: string }[] = [
        { name: "a one-off task that nobody runs", view: view({}), held: false, step: "start" },
        {
            name: "a one-off task that was stopped before anybody ran it",
            view: view({ desiredStatus: "STOPPED" }),
            held: false,
            step: "bury",
        },
        { name: "a one-off task of an earlier runner", view: view({ lastStatus: "RUNNING" }), held: false, step: "bury" },
        { name: "a service's task that nobody runs", view: view({ group: "service:web" }), held: false, step: "bury" },
        { name: "a task that runs", view: view({ lastStatus: "RUNNING" }), held: true, step: "nothing" },
        { name: "a task that somebody stops", view: view({ lastStatus: "RUNNING", desiredStatus: "STOPPED" }), held: true, step: "stop" },
        { name: "a task that has stopped", view: view({ lastStatus: "STOPPED", desiredStatus: "STOPPED" }), held: false, step: "nothing" },
    ];
    for (const { name, view: given, held, step } of cases) {
        it(`plans ${step} for ${name}`, () => {
            assert.deepEqual(planTask(given, held), { do: step });
        });
    }
});

describe("readTimeScale", () => {
    it("reads a factor, 0.1 when none is given", () => {
        assert.deepEqual([readTimeScale(undefined), readTimeScale(""), readTimeScale("1"), readTimeScale("0.05")], [0.1, 0.1, 1, 0.05]);
    });
    for (const text of ["0", "-1", "2", "fast", "NaN", "Infinity"]) {
        it(`fails on "${text}"`, () => {
            assert.throws(() => readTimeScale(text), {
                message: `UNDERSTUDY_TIME_SCALE: got "${text}"; allowed: a number above 0, up to 1; write 0.1`,
            });
        });
    }
});

describe("LoopbackAddresses", () => {
    it("gives every address once before it begins again", () => {
        const addresses = new LoopbackAddresses("world", 700);
        const first = Array.from({ length: 700 }, () => addresses.claim());
        assert.equal(new Set(first).size, 700);
        assert.equal(addresses.claim(), first[0]);
    });

    it("gives addresses of 127.16.0.0 to 127.215.255.255 only, and none that ends in 0 or 255", () => {
        fc.assert(
            fc.property(fc.string(), fc.nat(60_000), (world, count) => {
                const addresses = new LoopbackAddresses(world);
                let address = "";
                for (let number = 0; number <= count % 1_000; number += 1) address = addresses.claim();
                const [, second = 0, third = 0, fourth = 0] = address.split(".").map(Number);
                return second >= 16 && second <= 215 && third <= 255 && fourth >= 1 && fourth <= 254;
            }),
        );
        const many = new LoopbackAddresses("world");
        assert.ok(
            Array.from({ length: 60_000 }, () => many.claim()).every((address) => address.split(".").every((part) => Number(part) <= 254)),
        );
    });
});

describe("LocalPorts", () => {
    it("gives no port twice, and none that somebody holds", async () => {
        const ports = new LocalPorts();
        const first = await ports.claim();
        const holder = createServer().listen(first + 1, "127.0.0.1");
        await once(holder, "listening");
        const others = [await ports.claim(), await ports.claim()];
        holder.close();
        assert.equal(new Set([first, first + 1, ...others]).size, 4);
    });
});

describe("forward", () => {
    it("joins connections, also when one side has said all it has to say", async () => {
        const target = createServer({ allowHalfOpen: true }, (socket) => {
            let heard = "";
            socket.on("data", (chunk) => (heard += String(chunk)));
            socket.on("end", () => socket.end(`heard ${heard}`));
        }).listen(0, "127.0.0.1");
        await once(target, "listening");
        const { port } = target.address() as { port: number };
        const joined = await forward("127.9.9.8", port, () => ({ host: "127.0.0.1", port }));
        const socket = connect({ host: "127.9.9.8", port, allowHalfOpen: true });
        let answer = "";
        socket.on("data", (chunk) => (answer += String(chunk)));
        socket.end("hello");
        await once(socket, "end");
        assert.equal(answer, "heard hello");
        joined.close();
        target.close();
    });

    it("refuses where there is nobody, and breaks what is open when it is closed", async () => {
        let open = false;
        const target = createServer().listen(0, "127.0.0.1");
        await once(target, "listening");
        const { port } = target.address() as { port: number };
        const joined = await forward("127.9.9.7", port, () => (open ? { host: "127.0.0.1", port } : undefined));
        await closed(connect(port, "127.9.9.7"));
        open = true;
        const broken = closed(connect(port, "127.9.9.7"));
        await once(target, "connection");
        assert.equal(joined.connections(), 1);
        joined.close();
        await broken;
        target.close();
    });

    it("fails on an address that is not this machine's, and says how to make it so", async () => {
        await assert.rejects(
            forward("192.0.2.7", 8080, () => undefined),
            {
                message:
                    "this machine does not answer at 192.0.2.7; run: for last in $(seq 2 201); do sudo ifconfig lo0 alias 192.0.2.$last; done",
            },
        );
    });

    it("fails on a port that is taken, and says by whom", async () => {
        const holder = createServer().listen(0, "0.0.0.0");
        await once(holder, "listening");
        const { port } = holder.address() as { port: number };
        await assert.rejects(
            forward("127.9.9.6", port, () => undefined),
            {
                message: `port ${port} is taken at 127.9.9.6, most likely by a program that listens on all addresses; stop it`,
            },
        );
        holder.close();
    });
});

/** Waits for the end of a connection, orderly or not. */
function closed(socket: Socket): Promise<void> {
    return new Promise((resolve) => {
        socket.on("error", () => undefined);
        socket.on("close", () => {
            resolve();
        });
    });
}

describe("Bell", () => {
    it("rings at first, remembers a ring, and takes several as one", async () => {
        const bell = new Bell();
        await bell.rung();
        bell.ring();
        bell.ring();
        await bell.rung();
        let rung = false;
        const waiting = bell.rung().then(() => (rung = true));
        await new Promise(setImmediate);
        assert.equal(rung, false);
        bell.ring();
        await waiting;
    });

    it("rings at the earliest time that was set", async () => {
        const bell = new Bell();
        await bell.rung();
        const begun = Date.now();
        bell.ringAt(begun + 5_000);
        bell.ringAt(begun + 20);
        bell.ringAt(begun + 10_000);
        await bell.rung();
        assert.ok(Date.now() - begun < 2_000);
        bell.close();
    });
});
