import { execa } from "execa";
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const root = path.resolve(__dirname, "../..");
/** The tool as people start it. */
export const launcher = path.join(root, "bin", "understudy");

/** How a command line ended. */
export interface Ended {
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
}

export interface RunOptions {
    /** Added to an environment that has a PATH, a home of its own and nothing else; undefined takes a variable away. */
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** What stands on standard input. Default: nothing. */
    readonly input?: string;
    /** Where the command is typed, below the checkout. */
    readonly folder?: string;
}

/** Settings of a base, with lines that messages can name. */
function settingsOf(kind: string, account: string, zone: string, cidr: string): string {
    return `config:
  understudy:kind: ${kind}
  understudy:app: shop
  understudy:backend: s3://understudy-state-${account}?region=eu-west-1&awssdk=v2
  understudy:account: "${account}"
  understudy:region: eu-west-1
  understudy:role: arn:aws:iam::${account}:role/understudy-deploy
  understudy:zone: ${zone}
  understudy:network: {cidr: ${cidr}}
  understudy:access: {addresses: [203.0.113.0/24]}
  understudy:sharedSecrets: [SESSION_SECRET]
`;
}

/** A project as somebody has cloned it: settings, the sample application, a git repository on branch `main`. Removes itself. */
export class Checkout implements Disposable {
    readonly directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "understudy-checkout-")));
    /** Of whoever types the commands: nobody has logged in to anything there. */
    readonly home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "understudy-home-")));

    private constructor() {
        for (const name of ["Pulumi.yaml", "app"]) fs.cpSync(path.join(root, name), path.join(this.directory, name), { recursive: true });
        this.write("Pulumi.production.yaml", settingsOf("production", "111111111111", "example.com", "10.10.0.0/16"));
        this.write("Pulumi.staging.yaml", settingsOf("staging", "222222222222", "staging.example.com", "10.20.0.0/16"));
        this.write("Pulumi.dev.yaml", settingsOf("dev", "333333333333", "dev.example.com", "10.30.0.0/16"));
    }

    static async make(): Promise<Checkout> {
        const checkout = new Checkout();
        await checkout.git("init", "--quiet", "--initial-branch", "main");
        await checkout.git("add", "--all");
        await checkout.git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--message", "all");
        return checkout;
    }

    [Symbol.dispose](): void {
        fs.rmSync(this.directory, { recursive: true });
        fs.rmSync(this.home, { recursive: true });
    }

    async git(...words: readonly string[]): Promise<void> {
        await execa("git", words, { cwd: this.directory });
    }

    write(name: string, content: string | Uint8Array): void {
        fs.mkdirSync(path.dirname(path.join(this.directory, name)), { recursive: true });
        fs.writeFileSync(path.join(this.directory, name), content);
    }

    /** Replaces a part of a file, which must be there. */
    edit(name: string, from: string, to: string): void {
        const text = fs.readFileSync(path.join(this.directory, name), "utf8");
        assert.ok(text.includes(from), `${name} has no ${from}`);
        this.write(name, text.replace(from, to));
    }

    /** Brings every file back to what was cloned. */
    async restore(): Promise<void> {
        await this.git("checkout", "--quiet", "--force", "main");
        await this.git("clean", "--quiet", "--force", "-d");
    }

    /** What is in every file, by name, git's own and the home included. */
    files(): Readonly<Record<string, string>> {
        const entries = [this.directory, this.home].flatMap((folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true }));
        const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
        return Object.fromEntries(files.map((file) => [file, fs.readFileSync(file, "latin1")]));
    }

    /** Variables of a process that belongs to this checkout and to no person. */
    env(more: RunOptions["env"] = {}): Readonly<Record<string, string>> {
        const all = { PATH: process.env["PATH"], HOME: this.home, CI: "true", ...more };
        return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
    }

    /** Types `understudy` with these words. Never rejects. A command that takes longer than a minute counts as hanging. */
    async run(words: readonly string[], { env, input = "", folder = "." }: RunOptions = {}): Promise<Ended> {
        const { exitCode, stdout, stderr, timedOut } = await execa(process.execPath, [launcher, ...words], {
            ...{ cwd: path.join(this.directory, folder), env: this.env(env), extendEnv: false, input, reject: false, timeout: 60_000 },
        });
        assert.ok(!timedOut, `${words.join(" ")} hangs:\n${stderr}`);
        return { exitCode: exitCode ?? -1, stdout, stderr };
    }

    /** A line of a shell, in which the tool is `"$UNDERSTUDY"`. Never rejects. */
    async shell(line: string, env: RunOptions["env"] = {}): Promise<Ended> {
        const variables = this.env({ UNDERSTUDY: launcher, ...env });
        const { exitCode, stdout, stderr } = await execa("sh", ["-c", line], { cwd: this.directory, env: variables, extendEnv: false, reject: false, timeout: 60_000 });
        return { exitCode: exitCode ?? -1, stdout, stderr };
    }
}
