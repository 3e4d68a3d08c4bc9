import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { launcher } from "../cli/checkout";

const root = path.resolve(__dirname, "../..");
const registry = "222222222222.dkr.ecr.eu-west-1.amazonaws.com";

/** Writes down its words, what stands on its standard input where it reads that, and a copy of the names that it is given. */
const tool = `#!/bin/sh
echo "\${0##*/} $*" >> "$CALLS"
case "$*" in
    *--password-stdin*) echo "  password $(cat)" >> "$CALLS" ;;
    "ecr get-login-password"*) echo secret ;;
    compose*) cp "$5" "$CALLS.names" ;;
    "push $REFUSED") exit 1 ;;
esac
`;

/** The scripts of the workflows, with the plan of the sample application, and with tools that only write down what they are asked. */
describe("the images that a workflow makes", () => {
    let folder: string;
    const files = (name: string): string => path.join(folder, name);
    before(async () => {
        folder = mkdtempSync(path.join(tmpdir(), "understudy-images-"));
        mkdirSync(files("bin"));
        for (const name of ["docker", "aws"]) writeFileSync(files(`bin/${name}`), tool, { mode: 0o755 });
        const { stdout } = await execa(process.execPath, [launcher, "plan", "--branch", "feature/search", "--json"], { cwd: root });
        writeFileSync(files("plan.json"), stdout);
    });
    after(() => rmSync(folder, { recursive: true }));

    interface Ran {
        readonly exitCode: number | undefined;
        readonly calls: readonly string[];
    }

    async function run(script: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> {
        rmSync(files("calls"), { force: true });
        const env = { PATH: `${files("bin")}:${process.env["PATH"] ?? ""}`, CALLS: files("calls"), PLAN: files("plan.json"), TAG: "feature-search-38e7a3a2", ARCHIVE: "images.tar", ...more };
        const { exitCode } = await execa(path.join(root, ".github/actions/images", script), { cwd: root, env, reject: false });
        return { exitCode, calls: existsSync(files("calls")) ? readFileSync(files("calls"), "utf8").trimEnd().split("\n") : [] };
    }

    it("are built as the Compose file says, each under the name that the registry has for it", async () => {
        const { exitCode, calls } = await run("build.sh");
        assert.equal(exitCode, 0);
        assert.match(calls.join("\n"), /^docker compose --file app\/compose\.yaml --file \S+\.json --profile \* build api web worker$/);
        const image = (name: string): object => ({ image: `${registry}/shop/${name}:feature-search-38e7a3a2` });
        assert.deepEqual(JSON.parse(readFileSync(files("calls.names"), "utf8")), { services: { api: image("api"), web: image("shop-web"), worker: image("shop-web") } });
    });

    it("are pushed into the account of the plan, each once; the password is in no argument", async () => {
        const { exitCode, calls } = await run("push.sh");
        assert.equal(exitCode, 0);
        const signIn = ["aws ecr get-login-password --region eu-west-1", `docker login --username AWS --password-stdin ${registry}`, "  password secret"];
        assert.deepEqual(calls.slice(0, 3).toSorted(), signIn.toSorted()); // two of them at once
        assert.deepEqual(calls.slice(3), ["api", "shop-web"].map((name) => `docker push ${registry}/shop/${name}:feature-search-38e7a3a2`));
    });

    it("are saved in one file", async () => {
        const names = ["api", "shop-web"].map((name) => `${registry}/shop/${name}:feature-search-38e7a3a2`).join(" ");
        assert.deepEqual(await run("save.sh"), { exitCode: 0, calls: [`docker save --output images.tar ${names}`] });
    });

    it("fail when one is refused", async () => {
        const { exitCode } = await run("push.sh", { REFUSED: `${registry}/shop/api:feature-search-38e7a3a2` });
        assert.equal(exitCode, 1);
    });

    for (const script of ["build.sh", "push.sh", "save.sh"]) {
        it(`fail without a plan, before anything is asked of anybody: ${script}`, async () => {
            writeFileSync(files("torn.json"), '{"environment":');
            const { exitCode, calls } = await run(script, { PLAN: files("torn.json") });
            assert.deepEqual([exitCode, calls], [1, []]);
        });
    }
});
