import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Context } from "mocha";
import type { Docker } from "../../../local/docker/docker";
import { chooseTaskEngine } from "../../../local/docker/taskKind";

/** The daemon that would run the tasks of a world here. Where none does, the hook's tests are skipped, and a line says why. */
export async function dockerOrSkip(hook: Context): Promise<Docker> {
    const { docker, reason = "" } = await chooseTaskEngine({ ...process.env, UNDERSTUDY_TASKS: "" });
    if (docker !== undefined) return docker;
    console.warn(`      skipped, no Docker daemon for containers: ${reason}`);
    return hook.skip();
}

/**
 * Makes an image out of this machine's own files, so that nothing has to be pulled: Node, a shell and the libraries of both, with a user
 * `node`. What is built on it has its label too.
 */
export async function makeBaseImage(docker: Docker, name: string, label: string): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "understudy-base-"));
    try {
        const root = join(folder, "root");
        const programs = [
            [process.execPath, "/usr/local/bin/node"],
            ["/bin/sh", "/bin/sh"],
        ] as const;
        for (const [from, to] of [...programs, ...programs.flatMap(([program]) => librariesOf(program)).map((file) => [file, file] as const)]) {
            mkdirSync(dirname(join(root, to)), { recursive: true });
            cpSync(from, join(root, to), { dereference: true });
        }
        for (const directory of ["etc", "tmp", "root", "home/node"]) mkdirSync(join(root, directory), { recursive: true });
        chmodSync(join(root, "tmp"), 0o1777);
        writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n");
        writeFileSync(join(root, "etc/group"), "root:x:0:\nnode:x:1000:\n");
        execFileSync("tar", ["--create", "--owner=0", "--group=0", "--file", join(folder, "root.tar"), "--directory", root, "."]);
        await docker.run(["import", "--change", `LABEL ${label}`, join(folder, "root.tar"), name]);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** Files that the loader maps for a program, itself among them. */
function librariesOf(program: string): readonly string[] {
    return [...execFileSync("ldd", [program], { encoding: "utf8" }).matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, file = ""]) => file);
}
