import { spawnSync } from "node:child_process";
import os from "node:os";

/** What git itself says about the name of a branch. */
export function gitTakesBranch(name: string): boolean {
    const { status, error } = spawnSync("git", ["check-ref-format", "--branch", name], { cwd: os.tmpdir() });
    if (error !== undefined) throw error;
    return status === 0;
}
