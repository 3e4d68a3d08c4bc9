import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable, Writable } from "node:stream";
import { main } from "../../cli/run";

const root = path.resolve(__dirname, "../..");
const kinds = ["dev", "production", "staging"] as const;

interface Ended<T> {
    readonly exitCode: number;
    readonly report: T;
    readonly stderr: string;
}

interface Report {
    readonly files?: readonly string[];
    readonly batches?: readonly { readonly name: string }[];
    readonly problems: readonly { readonly file: string; readonly line: number | null; readonly key: string; readonly message: string }[];
}

/** What was written to a stream, without the last line's end. */
class Text extends Writable {
    private written = "";

    get text(): string {
        return this.written.replace(/\n$/, "");
    }

    override _write(chunk: Buffer, _encoding: string, done: () => void): void {
        this.written += chunk.toString();
        done();
    }
}

describe("checking files on the command line", () => {
    const before = process.cwd();
    let folder: string;
    beforeEach(() => {
        folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "understudy-config-")));
        for (const name of ["Pulumi.yaml", ...kinds.map((kind) => `Pulumi.${kind}.yaml`), "app"]) {
            fs.cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
        }
        process.chdir(folder); // files are named as seen from there
    });
    afterEach(() => {
        process.chdir(before);
        fs.rmSync(folder, { recursive: true });
    });

    const write = (name: string, content: string | Uint8Array): void => fs.writeFileSync(path.join(folder, name), content);
    const edit = (name: string, from: string, to: string): void => {
        const text = fs.readFileSync(path.join(folder, name), "utf8");
        assert.ok(text.includes(from), `${name} has no ${from}`);
        write(name, text.replace(from, to));
    };
    async function run(words: readonly string[]): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
        const [stdout, stderr] = [new Text(), new Text()];
        const exitCode = await main(words, { directory: folder, env: {}, stdin: Readable.from([]), stdout, stderr });
        return { exitCode, stdout: stdout.text, stderr: stderr.text };
    }
    async function json(...words: readonly string[]): Promise<Ended<Report>> {
        const { exitCode, stdout, stderr } = await run([...words, "--json"]);
        return { exitCode, report: JSON.parse(stdout) as Report, stderr };
    }
    const short = ({ problems }: Report): readonly string[] => problems.map(({ file, line, key, message }) => `${file}:${line ?? "-"} ${key}: ${message}`);

    describe("config check", () => {
        it("finds nothing wrong with this project", async () => {
            assert.deepEqual(await run(["config", "check"]), { exitCode: 0, stdout: "3 files, no error", stderr: "" });
            assert.deepEqual(await json("config", "check"), {
                exitCode: 0,
                report: { files: kinds.map((kind) => `Pulumi.${kind}.yaml`), hours: [], problems: [] },
                stderr: "",
            });
        });

        it("shows which environments are awake when, to people and to programs", async () => {
            const hoursFrom = (start: string): string => `config:\n  understudy:hours: {timezone: Europe/Berlin, start: ${start}, stop: "20:00"}\n`;
            edit("Pulumi.staging.yaml", "config:\n", hoursFrom("08:00"));
            edit("Pulumi.dev.yaml", "config:\n", hoursFrom("8:00"));
            const problem = 'got "8:00"; a time of the day in quotes is expected, from "00:00" to "23:00", an hour before the day ends; write "08:00"';
            assert.deepEqual(await run(["config", "check"]), {
                exitCode: 3,
                stdout: ["Pulumi.staging.yaml: awake mon-fri 08:00-20:00 Europe/Berlin, 60 of 168 hours a week (not yet acted upon)", `  Pulumi.dev.yaml:3 understudy:hours.start: ${problem}`, "3 files, 1 error"].join("\n"),
                stderr: "",
            });
            const { report } = await json("config", "check", "Pulumi.staging.yaml");
            const days = ["mon", "tue", "wed", "thu", "fri"];
            const hours = [{ file: "Pulumi.staging.yaml", timezone: "Europe/Berlin", days, start: "08:00", stop: "20:00", awakeHours: 60 }];
            assert.deepEqual(report, { files: ["Pulumi.staging.yaml"], hours, problems: [] });
        });

        it("finds all that is wrong in the files, between them and beside the application, once", async () => {
            edit("Pulumi.dev.yaml", "understudy:region: eu-west-1", "understudy:regoin: eu-west-1");
            edit("Pulumi.staging.yaml", "10.20.0.0/16", "10.10.0.0/16");
            edit("Pulumi.production.yaml", "    api: {count: 2}", "    apo: {count: 2}");
            edit("app/compose.yaml", "  worker:\n", "  worker:\n    privileged: true\n");
            const { exitCode, report } = await json("config", "check");
            assert.equal(exitCode, 3);
            assert.deepEqual(
                report.problems.map(({ file, line, key }) => `${file}:${line ?? "-"} ${key}`),
                [
                    "Pulumi.dev.yaml:- understudy:region",
                    "Pulumi.dev.yaml:7 understudy:regoin",
                    "app/compose.yaml:31 services.worker.privileged",
                    "Pulumi.production.yaml:13 understudy:services.apo",
                    "Pulumi.staging.yaml:11 understudy:network.cidr",
                ],
            );
        });

        it("asked about one file leaves out what is wrong with the others, and blames it for what it shares with them", async () => {
            edit("Pulumi.dev.yaml", "understudy:region: eu-west-1", "understudy:region: x");
            edit("Pulumi.staging.yaml", "10.20.0.0/16", "10.10.0.0/16");
            const { exitCode, report } = await json("config", "check", "Pulumi.production.yaml");
            assert.equal(exitCode, 3);
            assert.deepEqual(report.files, ["Pulumi.production.yaml"]);
            assert.deepEqual(short(report), [
                "Pulumi.production.yaml:10 understudy:network.cidr: staging's network has addresses of this range (10.10.0.0/16 in Pulumi.staging.yaml), " +
                    "so the two could never be joined; give it another, such as 10.0.0.0/16",
            ]);
        });

        it("says when a file is called as another kind", async () => {
            edit("Pulumi.dev.yaml", "understudy:kind: dev", "understudy:kind: staging");
            const { report } = await json("config", "check", "Pulumi.dev.yaml");
            assert.deepEqual(
                report.problems.map(({ key, message }) => [key, message.split(";")[0]]),
                [
                    ["understudy:kind", "a stack is called as its kind, and this file is of stack dev"],
                    ["understudy:kind", "Pulumi.staging.yaml says the same, and there is one stack of a kind"],
                ],
            );
        });

        it("wants an image of others in production to name a version", async () => {
            edit("app/compose.yaml", "services:\n", "services:\n  proxy:\n    image: nginx\n    x-understudy: {of: web}\n");
            assert.deepEqual(short((await json("config", "check", "Pulumi.staging.yaml")).report), []);
            assert.deepEqual(short((await json("config", "check", "Pulumi.production.yaml")).report), [
                "app/compose.yaml:15 services.proxy.image: this tag moves, so production would run another image from one task to the next; " +
                    "write one that names a version, such as nginx:1.27, or a digest",
            ]);
        });

        for (const [what, content, problem] of [
            ["empty", "", "x.yaml:- : there are no settings in this file; write them below config, beginning with understudy:kind"],
            ["without settings", "config: []\n", "x.yaml:1 config: there are no settings in this file; write them below config, beginning with understudy:kind"],
            ["a list below config", "a: 1\nconfig: [1]\n", "x.yaml:2 config: there are no settings in this file; write them below config, beginning with understudy:kind"],
            ["without what config names", "\nconfig: *nope\n", "x.yaml:2 config: nothing before this line has the anchor &nope"],
            ["of other tags", "config: {understudy:app: !reset shop}\n", "x.yaml:1 : not valid YAML: unresolved tag: !reset"],
            ["nested too deeply", `config: ${"[".repeat(100_000)}`, "x.yaml:1 : not valid YAML: lists and maps are nested too deeply"],
            ["of collection keys", "config:\n  ? [a, b]\n  : c\n", "x.yaml:2 : not valid YAML: a key is neither a list nor a map"],
            ["binary", new Uint8Array([0xff, 0x00, 0xfe]), "x.yaml:- : the file is not text in UTF-8"],
            ["a list", "- a\n", "x.yaml:1 : a map of keys and values is expected"],
        ] as const) {
            it(`says what to do about a file that is ${what}`, async () => {
                write("x.yaml", content);
                const { exitCode, report, stderr } = await json("config", "check", "x.yaml");
                assert.deepEqual([exitCode, short(report), stderr], [3, [problem], ""]);
            });
        }

        describe("reads merge keys as Pulumi does", () => {
            const common = "common: &common\n  understudy:regoin: eu-west-1\n  understudy:capacity: FARGATE\n";
            const merged = (text: string): string => `${common}config:\n  <<: *common\n${text.replace(/^.*?config:\n/s, "")}`;
            const staging = (): string => fs.readFileSync(path.join(folder, "Pulumi.staging.yaml"), "utf8");

            it("and says what is wrong with what they merge where it is written", async () => {
                write("Pulumi.staging.yaml", merged(staging()).replace("cidr: 10.20.0.0/16", "<<: {cidr: 10.20.0.0/16, zones: 9}"));
                const { report } = await json("config", "check", "Pulumi.staging.yaml");
                assert.deepEqual(report.problems.map(({ line, key }) => [line, key]), [
                    [14, "understudy:network.zones"],
                    [2, "understudy:regoin"],
                ]);
            });

            it("and takes what they merge, but for what is there itself", async () => {
                write("Pulumi.staging.yaml", merged(staging()).replace("regoin: eu-west-1", "region: x").replace("FARGATE", '"x"'));
                const { report } = await json("config", "check", "Pulumi.staging.yaml");
                assert.deepEqual(short(report), ["Pulumi.staging.yaml:3 understudy:capacity: allowed: FARGATE, FARGATE_SPOT"]);
            });

            it("and does not blame what is missing on one that merges nothing", async () => {
                write("x.yaml", "config:\n  <<: *nope\n  understudy:app: Shop\n  understudy:network: {<<: 1, vpcId: vpc-01234567}\n");
                const { report } = await json("config", "check", "x.yaml");
                assert.deepEqual(short(report).map((line) => line.split(";")[0]), [
                    "x.yaml:2 <<: nothing before this line has the anchor &nope",
                    "x.yaml:4 understudy:network.<<: a merge key takes a map or a list of maps",
                    "x.yaml:3 understudy:app: 2 to 16 lower-case letters, digits and single hyphens are expected, beginning with a letter, but not with aws or ssm",
                ]);
            });
        });

        it("says all that is wrong with the YAML, and with the rest", async () => {
            edit("Pulumi.dev.yaml", "understudy:region: eu-west-1", "understudy:region: eu-west-1\n  understudy:region: x\n  understudy:secretsKey: *nope\n  understudy:capacity: SPOT");
            const { report } = await json("config", "check", "Pulumi.dev.yaml");
            assert.deepEqual(short(report), [
                "Pulumi.dev.yaml:8 understudy:region: the key is there twice; remove one of lines 7 and 8",
                "Pulumi.dev.yaml:9 understudy:secretsKey: nothing before this line has the anchor &nope",
                "Pulumi.dev.yaml:10 understudy:capacity: allowed: FARGATE, FARGATE_SPOT",
            ]);
        });

        it("says that Pulumi reads no second document", async () => {
            write("Pulumi.dev.yaml", `${fs.readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8")}---\nconfig: {}\n`);
            const { report } = await json("config", "check", "Pulumi.dev.yaml");
            assert.deepEqual(report.problems.map(({ line, message }) => [typeof line, message]), [["number", "the file has several documents, of which Pulumi reads the first one; keep one of them"]]);
        });

        it("says where aliases multiply without end", async () => {
            const levels = Array.from({ length: 9 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(", ")}]\n`);
            write("x.yaml", `l0: &l0 x\n${levels.join("")}config: {}\n`);
            const { report } = await json("config", "check", "x.yaml");
            assert.deepEqual(report.problems.map(({ line, message }) => [typeof line, message]), [["number", "the file has more than 100000 values; use fewer aliases"]]);
        });

        it("says the line of a name that nothing can have", async () => {
            edit("Pulumi.production.yaml", "    web: {count: 2}", "    __proto__: {count: 2}");
            assert.deepEqual(short((await json("config", "check", "Pulumi.production.yaml")).report), [
                "Pulumi.production.yaml:14 understudy:services.__proto__: nothing can have this name; choose another",
            ]);
        });

        it("checks beside the application, and between the files, what is right in a file with mistakes", async () => {
            edit("Pulumi.production.yaml", "    web: {count: 2}", "    wbe: {cuont: 2}");
            edit("Pulumi.production.yaml", "understudy:access: public", "understudy:access: everybody\n  understudy:role: arn:aws:iam::999999999999:role/x\n  understudy:images: {shop-wbe: x}\n  understudy:sharedSecrets: [NOBODY]");
            edit("Pulumi.production.yaml", "  understudy:role: arn:aws:iam::111111111111:role/understudy-deploy\n", "");
            edit("Pulumi.staging.yaml", "10.20.0.0/16", "10.10.0.0/16");
            const { report } = await json("config", "check", "Pulumi.production.yaml");
            assert.deepEqual(report.problems.map(({ key, message }) => `${key}: ${message.split(";")[0]}`), [
                "understudy:access: either public or a map with addresses is expected",
                "understudy:images.shop-wbe: a digest is expected, sha256: and 64 hexadecimal digits",
                "understudy:services.wbe.cuont: unknown key",
                "understudy:role: this is of account 999999999999, but understudy:account says 111111111111",
                "understudy:services.wbe: no service of this name has tasks on AWS",
                "understudy:images.shop-wbe: the application builds no image of this name",
                "understudy:sharedSecrets: no service lists a secret of this name",
                "understudy:network.cidr: staging's network has addresses of this range (10.10.0.0/16 in Pulumi.staging.yaml), so the two could never be joined",
            ]);
        });

        it("does not compare what is wrong or missing with other files", async () => {
            for (const kind of ["staging", "production"]) edit(`Pulumi.${kind}.yaml`, "  understudy:zone: ", "  understudy:zone: x_");
            edit("Pulumi.staging.yaml", "understudy:kind: staging", "understudy:kind: stagin");
            edit("Pulumi.dev.yaml", '  understudy:account: "333333333333"\n', "");
            const { report } = await json("config", "check");
            assert.deepEqual(report.problems.map(({ file, key }) => `${file} ${key}`), [
                "Pulumi.dev.yaml understudy:account",
                "Pulumi.production.yaml understudy:zone",
                "Pulumi.staging.yaml understudy:kind",
                "Pulumi.staging.yaml understudy:zone",
            ]);
        });

        it("says that a file, or any, is not there", async () => {
            assert.deepEqual(await run(["config", "check", "none.yaml"]), {
                exitCode: 3,
                stdout: "  none.yaml: the file cannot be read: ENOENT\n1 file, 1 error",
                stderr: "",
            });
            for (const kind of kinds) fs.rmSync(path.join(folder, `Pulumi.${kind}.yaml`));
            assert.deepEqual(short((await json("config", "check")).report), [".:- : there are no settings files here; write Pulumi.staging.yaml, or name a file"]);
        });
    });

    describe("batches check", () => {
        const good = "- name: nightly\n  cron: 0 3 * * ? *\n  command: node worker.mjs\n  service: worker\n";

        it("shows how the file is understood", async () => {
            write("app/schedules.yaml", good);
            const { exitCode, stdout } = await run(["batches", "check", "app/schedules.yaml"]);
            assert.deepEqual(
                [exitCode, stdout.split("\n")],
                [
                    0,
                    [
                        "batch    when               time zone  service  command          runs",
                        "nightly  cron(0 3 * * ? *)  UTC        worker   node worker.mjs  on",
                    ],
                ],
            );
        });

        it("gives what is right and what is wrong to programs", async () => {
            write("app/schedules.yaml", `${good}- name: late\n  cron: 0 24 * * ? *\n  command: node late.mjs\n  service: wroker\n`);
            const { exitCode, report } = await json("batches", "check", "app/schedules.yaml");
            assert.deepEqual([exitCode, report.batches?.map(({ name }) => name)], [3, ["nightly"]]);
            assert.deepEqual(report.problems, [
                {
                    ...{ severity: "error", file: "app/schedules.yaml", line: 6, batch: "late", key: "[1].cron", value: "0 24 * * ? *" },
                    message: 'column 3: "24" is not an hour; hours go from 0 to 23',
                },
                {
                    ...{ severity: "error", file: "app/schedules.yaml", line: 8, batch: "late", key: "[1].service", value: "wroker" },
                    message: 'no service of this name has tasks on AWS; did you mean "worker"? allowed: api, web, worker',
                },
            ]);
        });

        it("looks services up in the Compose file beside it, before the project's", async () => {
            fs.mkdirSync(path.join(folder, "other"));
            write("other/compose.yaml", "services: {mailer: {image: x}}\n");
            write("other/schedules.yaml", good);
            assert.deepEqual(short((await json("batches", "check", "other/schedules.yaml")).report), [
                "other/schedules.yaml:4 [0].service: no service of this name has tasks on AWS; allowed: mailer",
            ]);
        });

        it("says that services are not looked up where there is no application", async () => {
            write("app/schedules.yaml", good);
            const { exitCode, stderr } = await run(["batches", "check", "app/schedules.yaml", "--app", "none"]);
            assert.deepEqual(
                [exitCode, stderr],
                [0, `no services are found in ${path.join(folder, "none")}, so those of the batches are not looked up; --app names the folder`],
            );
        });

        it("says what to do about a file that is binary or not there", async () => {
            write("x.yaml", new Uint8Array([0xff, 0x00, 0xfe]));
            assert.deepEqual(short((await json("batches", "check", "x.yaml")).report), ["x.yaml:- : the file is not text in UTF-8; name a schedules file in YAML"]);
            assert.deepEqual(await run(["batches", "check", "none.yaml"]), {
                exitCode: 3,
                stdout: "  none.yaml: the file cannot be read: ENOENT; name a schedules file in YAML",
                stderr: "",
            });
        });
    });
});
