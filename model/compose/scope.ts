import type { Findings } from "../findings";
import type { DotEnvFiles, DotEnvProblem } from "./dotenv";
import type { Files } from "./files";
import type { Variables } from "./interpolate";

/** One reading of a project: what all its files have in common. */
export interface Reading {
    readonly findings: Findings;
    readonly files: Files;
    /** Files of variables, which many services may share. */
    readonly dotEnvs: DotEnvFiles;
    /** What was said of those files. */
    readonly saidOfFiles: Set<DotEnvProblem>;
    /** The application's folder, as the user named it. */
    readonly root: string;
}

/** What a Compose file is read with: each included one has its own. Paths are from the application's folder. */
export interface ModelScope {
    /** The folder from which paths in the file are meant; empty for the application's own. */
    readonly directory: string;
    readonly variables: Variables;
    /** The files that led here by their `include`, the first one first. */
    readonly including: readonly string[];
}
