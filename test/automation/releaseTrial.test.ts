import assert from "node:assert/strict";
import { exitCodes, UnderstudyError, type ErrorKind } from "../../automation/errors";
import type { Event } from "../../automation/events";
import { ReleaseTrial } from "../../automation/release/trial";
import { DisturbedDeployment, NoSpotCapacity } from "../../automation/rollout/follow";
import { keepTag } from "../../model/names";
import { formatReleaseRecord, parseReleaseRecord, type ReleaseRecord } from "../../model/releaseRecord";
import { FakeRegistry, Killed, stateWith } from "./support/fakeRegistry";

const parameter = "/shop/staging/understudy/release";

interface Deploying {
    up(): Promise<void>;
    fails(error: Error): Promise<void>;
}

/** Staging with three releases in its registry, of which it runs the first. */
class Staging {
    readonly registry = new FakeRegistry();
    readonly events: Event[] = [];
    /** Its name, once its stack has the record. */
    readonly made = new Set<string>();
    readonly [1]: { readonly web: string };
    readonly [2]: { readonly web: string };
    readonly [3]: { readonly web: string };

    constructor(record?: "none") {
        const [one = "", two = "", three = ""] = [1, 2, 3].map((release) => this.registry.push("shop/web", `${release}`, `staging.${release}`));
        [this[1], this[2], this[3]] = [{ web: one }, { web: two }, { web: three }];
        if (record !== "none") this.write({ images: this[1] });
    }

    get record(): ReleaseRecord | undefined {
        return parseReleaseRecord(this.registry.parameters.get(parameter) ?? "");
    }

    write(record: ReleaseRecord): void {
        this.registry.parameters.set(parameter, formatReleaseRecord(record));
        this.made.add("staging");
    }

    trial(): ReleaseTrial {
        const emit = (event: Event): void => void this.events.push(event);
        return new ReleaseTrial({ emit, aws: this.registry.clients, environment: { app: "shop", name: "staging", services: [], images: [] }, wayBack: "`understudy deploy staging` brings back what has changed" });
    }

    /** A deployment that goes on until it is told how it ends. */
    async start(images: { readonly web: string }): Promise<Deploying> {
        const trial = this.trial();
        const end: { up?: () => void; fails?: (error: Error) => void } = {};
        const ended = new Promise<void>((resolve, reject) => Object.assign(end, { up: resolve, fails: reject }));
        const begun: { done?: Promise<void> } = {};
        await new Promise<void>((resolve, reject) => {
            begun.done = trial.run(async () => {
                await trial.running();
                await trial.begin(images, stateWith(this.made, "staging"));
                resolve();
                await ended;
            });
            begun.done.catch(reject);
        });
        return {
            up: async () => {
                end.up?.();
                await begun.done;
            },
            fails: async (error) => {
                end.fails?.(error);
                await assert.rejects(begun.done!, error);
            },
        };
    }

    async deploy(images: { readonly web: string }): Promise<void> {
        await (await this.start(images)).up();
    }

    async fails(images: { readonly web: string }, end: Error): Promise<void> {
        await (await this.start(images)).fails(end);
    }

    /** Releases whose images are kept for it. */
    kept(): readonly number[] {
        return ([1, 2, 3] as const).filter((release) => this.registry.digestOf("shop/web", keepTag("staging", this[release].web)) === this[release].web);
    }
}

const failed = new UnderstudyError("deployment-failed", "web (rolled back)", "");

describe("a deployment and the release record", () => {
    it("names the new release before anything changes, and the former one beside it", async () => {
        const staging = new Staging();
        const trial = staging.trial();
        assert.deepEqual(await trial.running(), staging[1]);
        await trial.begin(staging[2], stateWith(staging.made, "staging"));
        assert.deepEqual(staging.record, { images: staging[2], former: staging[1] });
        assert.deepEqual(staging.kept(), [1, 2], "what could be gone back to is kept too, also where nobody has kept it before");
    });

    it("that comes up leaves the new one, and keeps the one before", async () => {
        const staging = new Staging();
        await staging.deploy(staging[2]);
        assert.deepEqual([staging.record, staging.kept()], [{ images: staging[2], previous: staging[1] }, [1, 2]]);
        await staging.deploy(staging[3]);
        assert.deepEqual([staging.record, staging.kept()], [{ images: staging[3], previous: staging[2] }, [2, 3]]);
        assert.ok(staging.registry.has("shop/web", staging[1].web));
    });

    const undecided: readonly ErrorKind[] = ["interrupted", "superseded", "network", "credentials", "locked"];
    for (const kind of Object.keys(exitCodes) as ErrorKind[]) {
        const decided = !undecided.includes(kind);
        it(`that ends with ${kind} ${decided ? "names the former release again" : "goes on naming both"}`, async () => {
            const staging = new Staging();
            await staging.deploy(staging[2]);
            await staging.fails(staging[3], new UnderstudyError(kind, "…", ""));
            const before = { images: staging[2], previous: staging[1] };
            assert.deepEqual(staging.record, decided ? before : { ...before, images: staging[3], former: staging[2] });
            assert.deepEqual(staging.kept(), [1, 2, 3], "a failed release may still run somewhere");
            const message = "staging should run its former release again; `understudy deploy staging` brings back what has changed";
            assert.deepEqual(staging.events, decided ? [{ type: "notice", message }] : []);
        });
    }

    for (const { what, end } of [
        { what: "a fault of the tool", end: new TypeError("x is not a function") },
        { what: "somebody else's deployment", end: new DisturbedDeployment("web: somebody else has deployed the service meanwhile") },
    ]) {
        it(`that ends with ${what} goes on naming both, since nobody knows the end`, async () => {
            const staging = new Staging();
            await staging.fails(staging[2], end);
            assert.deepEqual(staging.record, { images: staging[2], former: staging[1] });
        });
    }

    it("after one that was stopped decides what becomes of it: up", async () => {
        const staging = new Staging();
        await staging.fails(staging[2], new UnderstudyError("interrupted", "…", ""));
        await staging.deploy(staging[2]);
        assert.deepEqual([staging.record, staging.kept()], [{ images: staging[2], previous: staging[1] }, [1, 2]]);
    });

    it("after one that was stopped decides what becomes of it: failed", async () => {
        const staging = new Staging();
        await staging.fails(staging[2], new UnderstudyError("interrupted", "…", ""));
        await staging.fails(staging[2], failed);
        assert.deepEqual(staging.record, { images: staging[1] });
    });

    it("after one that was stopped may choose a third release", async () => {
        const staging = new Staging();
        await staging.fails(staging[2], new UnderstudyError("interrupted", "…", ""));
        await staging.fails(staging[3], failed);
        assert.deepEqual([staging.record, staging.kept()], [{ images: staging[1] }, [1, 2, 3]]);
        await staging.deploy(staging[3]);
        assert.deepEqual([staging.record, staging.kept()], [{ images: staging[3], previous: staging[1] }, [1, 3]]);
    });

    it("of the first release of all that fails leaves it, since there is none to go back to", async () => {
        const staging = new Staging("none");
        assert.equal(await staging.trial().running(), undefined);
        const deploying = await staging.start(staging[1]);
        assert.equal(staging.record, undefined, "the program makes the record");
        staging.write({ images: staging[1], former: {} });
        await deploying.fails(failed);
        assert.deepEqual([staging.record, staging.events], [{ images: staging[1], former: {} }, []]);
        await staging.deploy(staging[1]);
        assert.deepEqual(staging.record, { images: staging[1] });
    });

    it("of the release that runs writes nothing and asks little", async () => {
        const staging = new Staging();
        await staging.deploy(staging[1]);
        const text = staging.registry.parameters.get(parameter);
        staging.registry.callsLeft = 2; // the record and the one image
        await staging.deploy(staging[1]);
        assert.equal(staging.registry.parameters.get(parameter), text);
    });

    it("that is overtaken by another leaves the record to that one", async () => {
        const staging = new Staging();
        const [first, second] = [await staging.start(staging[2]), await staging.start(staging[3])];
        await first.fails(failed);
        assert.deepEqual(staging.record, { images: staging[3], former: staging[1] });
        await second.up();
        assert.deepEqual(staging.record, { images: staging[3], previous: staging[1] });
    });

    it("that comes up although somebody else's of the same release has failed is the one that runs", async () => {
        const staging = new Staging();
        const [first, second] = [await staging.start(staging[2]), await staging.start(staging[2])];
        await second.fails(failed);
        await first.up();
        assert.deepEqual(staging.record, { images: staging[2], previous: staging[1] });
    });

    it("that overtakes one which has come up goes back to that one", async () => {
        const staging = new Staging();
        const [first, second] = [await staging.start(staging[2]), await staging.start(staging[3])];
        await first.up();
        await second.fails(failed);
        assert.deepEqual(staging.record, { images: staging[2], previous: staging[1] });
    });

    it("of an image that is not there fails before anything is written", async () => {
        const staging = new Staging();
        const gone = `sha256:${"0".repeat(64)}`;
        await assert.rejects(staging.deploy({ web: gone }), { kind: "image-missing", message: `the registry does not have what staging should run: web@${gone}` });
        assert.deepEqual(staging.record, { images: staging[1] });
    });

    it("goes on without the image of a release that nobody has any more to go back to", async () => {
        const staging = new Staging();
        staging.write({ images: staging[1], previous: { web: `sha256:${"0".repeat(64)}` } });
        await staging.deploy(staging[2]);
        assert.deepEqual(staging.record, { images: staging[2], previous: staging[1] });
    });

    it("writes a record that cannot be read anew", async () => {
        const staging = new Staging();
        staging.registry.parameters.set(parameter, "latest");
        await staging.deploy(staging[2]);
        assert.deepEqual(staging.record, { images: staging[2] });
    });

    it("writes a record anew that somebody has removed, since the engine sees nothing to change", async () => {
        const staging = new Staging();
        staging.registry.parameters.delete(parameter);
        await staging.deploy(staging[2]);
        assert.deepEqual([staging.record, staging.kept()], [{ images: staging[2] }, [2]]);
    });

    it("leaves the record to the program where only a run that was killed has made it, which is cleared up before", async () => {
        const staging = new Staging();
        const trial = staging.trial();
        await trial.running();
        staging.registry.parameters.delete(parameter);
        staging.made.clear();
        await trial.begin(staging[2], stateWith(staging.made, "staging"));
        assert.equal(staging.record, undefined);
    });

    it("fails when somebody removes the record while it comes up", async () => {
        const staging = new Staging();
        const deploying = await staging.start(staging[2]);
        staging.registry.parameters.delete(parameter);
        await assert.rejects(deploying.up(), { kind: "not-found", message: `staging runs its release, but the record of it, ${parameter}, was removed meanwhile` });
    });

    it("does not say that it runs on demand where that cannot be written down", async () => {
        const staging = new Staging();
        const trial = staging.trial();
        let tries = 0;
        const run = trial.run(async () => {
            tries += 1;
            await trial.running();
            await trial.begin(staging[2], stateWith(staging.made, "staging"));
            staging.registry.parameters.delete(parameter);
            throw new NoSpotCapacity(["web"]);
        });
        await assert.rejects(run, NoSpotCapacity);
        assert.deepEqual([tries, staging.events], [1, []]);
    });

    it("is up although what it needs no more cannot be given up", async () => {
        const staging = new Staging();
        await staging.deploy(staging[2]);
        const deploying = await staging.start(staging[3]);
        staging.registry.denied = "BatchDeleteImageCommand";
        await deploying.up();
        assert.deepEqual(staging.record, { images: staging[3], previous: staging[2] });
        assert.match(staging.events.map((event) => (event.type === "notice" ? event.message : event.type)).join("\n"), /^images of earlier releases stay in the registry: could not give up images of shop\/web: /);
    });

    it("that fails where the record can no longer be written fails for its own reason, and says what is left", async () => {
        const staging = new Staging();
        const deploying = await staging.start(staging[2]);
        staging.registry.callsLeft = 0;
        await deploying.fails(failed);
        assert.deepEqual(staging.events, [{ type: "warning", message: "the record of staging still names the release that has failed: killed" }]);
    });

    it("killed at any call names a release that is kept, and the next one goes on", async () => {
        let killed = true;
        for (let calls = 0; killed; calls++) {
            const staging = new Staging();
            await staging.deploy(staging[2]);
            staging.registry.callsLeft = calls;
            killed = await staging.deploy(staging[3]).then(
                () => false,
                (error: unknown) => error instanceof Killed || assert.fail(String(error)),
            );
            assert.ok(killed || calls > 8, `done with ${calls} calls`);
            staging.registry.callsLeft = Infinity;
            const { images, former } = staging.record!;
            for (const web of [images["web"]!, (former ?? images)["web"]!]) assert.equal(staging.registry.digestOf("shop/web", keepTag("staging", web)), web, `after ${calls} calls`);
            await staging.deploy(staging[3]);
            assert.deepEqual(staging.record, { images: staging[3], previous: staging[2] }, `after ${calls} calls`);
            await staging.deploy(staging[2]);
            assert.deepEqual([staging.record, staging.kept()], [{ images: staging[2], previous: staging[3] }, [2, 3]], `after ${calls} calls`);
        }
    });
});
