import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const sources = path.join(__dirname, "oracle");
const cache = path.join(__dirname, "..", "..", "..", ".cache", "compose-oracle");

/** What is asked of compose-go, in one run for all. */
export interface Question {
    readonly variables: Readonly<Record<string, string>>;
    readonly folders: readonly string[];
    readonly templates: readonly string[];
    readonly dotEnvs: readonly string[];
}

export interface Refusal {
    readonly error?: string;
}

/** What compose-go answers, each in the order of the question. */
export interface Answers {
    readonly folders: readonly (Refusal & { readonly services?: Readonly<Record<string, OracleService>> })[];
    readonly templates: readonly (Refusal & { readonly text?: string })[];
    readonly dotEnvs: readonly (Refusal & { readonly values?: Readonly<Record<string, string>> })[];
}

/** A service in compose-go's units: seconds, bytes and CPUs. */
export interface OracleService {
    readonly image: string;
    readonly command: readonly string[] | null;
    readonly entrypoint: readonly string[] | null;
    readonly environment: Readonly<Record<string, string>> | null;
    readonly ports: readonly { readonly target: number; readonly published?: string; readonly host_ip?: string; readonly protocol: string }[] | null;
    readonly expose: readonly string[] | null;
    readonly dependsOn: Readonly<Record<string, { readonly condition: string }>> | null;
    readonly profiles: readonly string[] | null;
    readonly cpus: number;
    readonly memory: number;
    readonly user: string;
    readonly workingDir: string;
    readonly build?: string;
    readonly stopSeconds?: number;
    readonly replicas?: number;
    readonly healthCheck?: {
        readonly test: readonly string[] | null;
        readonly disable: boolean;
        readonly interval: number | null;
        readonly timeout: number | null;
        readonly retries: number | null;
        readonly startPeriod: number | null;
    };
}

/** Builds the program once per version of its sources; a sentence why not where that is not possible. */
export function buildOracle(): { readonly program: string } | { readonly reason: string } {
    if (spawnSync("go", ["version"]).status !== 0) return { reason: "Go is not installed, so nothing is compared with compose-go" };
    const hash = createHash("sha256");
    for (const file of ["main.go", "go.mod", "go.sum"]) hash.update(fs.readFileSync(path.join(sources, file)));
    const program = path.join(cache, hash.digest("hex").slice(0, 16));
    if (fs.existsSync(program)) return { program };
    fs.mkdirSync(cache, { recursive: true });
    const unfinished = `${program}.${process.pid}`;
    const { status, stderr } = spawnSync("go", ["build", "-o", unfinished, "."], { cwd: sources, encoding: "utf-8" });
    if (status !== 0 && /dial tcp|no such host|proxyconnect|GOPROXY/.test(stderr))
        return { reason: "compose-go cannot be downloaded here, so nothing is compared with it" };
    if (status !== 0) throw new Error(stderr);
    fs.renameSync(unfinished, program);
    return { program };
}

/** Asks compose-go. */
export function askOracle(program: string, question: Question): Answers {
    return JSON.parse(execFileSync(program, { input: JSON.stringify(question), encoding: "utf-8", maxBuffer: 2 ** 30 })) as Answers;
}
