import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { git } from "../../local/images/git";
import { projectDirectory } from "./stage";

/** A developer's own git repository: the project's settings and the sample application. */
export class Checkout implements Disposable {
    private constructor(readonly directory: string) {}

    /** With one commit, on `main`. */
    static async open(): Promise<Checkout> {
        const checkout = new Checkout(realpathSync(mkdtempSync(path.join(tmpdir(), "checkout-"))));
        for (const name of readdirSync(projectDirectory).filter((file) => /^(app|Pulumi(\.\w+)?\.yaml)$/.test(file))) {
            cpSync(path.join(projectDirectory, name), path.join(checkout.directory, name), { recursive: true });
        }
        await checkout.git("init", "--quiet", "--template=", "--initial-branch=main");
        await checkout.commit("The shop", {});
        return checkout;
    }

    [Symbol.dispose](): void {
        rmSync(this.directory, { recursive: true, force: true });
    }

    /** Runs git as nobody in particular, and returns what it says. */
    git(...words: readonly string[]): Promise<string> {
        return git(this.directory, ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", ...words]);
    }

    /** A file as it is now, by its path from the top. */
    read(file: string): string {
        return readFileSync(path.join(this.directory, file), "utf8");
    }

    /** Writes files, by path from the top. */
    write(files: Readonly<Record<string, string>>): void {
        for (const [file, content] of Object.entries(files)) writeFileSync(path.join(this.directory, file), content);
    }

    /** Commits everything as it is, with these files written before, and returns the commit. */
    async commit(message: string, files: Readonly<Record<string, string>>): Promise<string> {
        this.write(files);
        await this.git("add", "--all");
        await this.git("commit", "--quiet", "--message", message);
        return this.git("rev-parse", "HEAD");
    }
}
