import type { Changes } from "../engine/progress";

/** How a branch environment is, or what happens to it. */
export const environmentStatuses = ["requested", "updating", "up", "failed", "removing", "removed", "expired", "cancelled"] as const;
export type EnvironmentStatus = (typeof environmentStatuses)[number];

/** A branch environment for those who look at its pull request. Everything in it may come from outside: no text is trusted. */
export interface EnvironmentReport {
    /** Full name of the git branch. */
    readonly branch: string;
    readonly id: string;
    /** Stack of the base. */
    readonly base: string;
    readonly status: EnvironmentStatus;
    /** Why it is so, in one sentence, where that is not plain. */
    readonly reason?: string;
    readonly pullRequest?: number;
    /** The commit that it runs, or was to run. */
    readonly commit?: string;
    /** Address of the main service; absent while nothing answers there. */
    readonly url?: string;
    /** Address per web service. */
    readonly urls?: Readonly<Record<string, string>>;
    /** What the last run did to its resources. */
    readonly changes?: Changes;
    readonly owner?: string;
    /** Whose data it works on. @example "none", "shared", "clone" */
    readonly data?: string;
    /** When it goes by itself, ISO 8601. Absent of one that is pinned. */
    readonly expires?: string;
    /** Why it never goes by itself. */
    readonly pinned?: string;
    /** The services that run in it; absent where those are all. The others are the base's. */
    readonly only?: readonly string[];
    readonly checks?: readonly CheckOutcome[];
    /** How long the last run took. */
    readonly seconds?: number;
}

/** What one automatic check has found. */
export interface CheckOutcome {
    readonly name: string;
    readonly passed: boolean;
    readonly detail?: string;
}
