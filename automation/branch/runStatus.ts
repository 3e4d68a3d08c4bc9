/** What the surroundings of a run know of it: it has not ended, or how it ended. The last four are GitHub's words. */
export const runStatuses = ["started", "success", "failure", "cancelled", "skipped"] as const;
export type RunStatus = (typeof runStatuses)[number];
