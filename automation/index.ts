/**
 * Everything that the command line does, for other programs: CI, a bot, a script.
 *
 *     const { url } = await understudy().branch.up({ branch: "feature/search" });
 */
export type { ImageChoice } from "./aws/images";
export type { BranchDownOptions, Removed } from "./branch/down";
export type { CheckOutcome, EnvironmentReport, EnvironmentStatus } from "./branch/environmentReport";
export type { BranchQuery } from "./branch/found";
export type { ExtendOptions, PinOptions } from "./branch/keep";
export type { BranchInfo } from "./branch/list";
export type { LogLine, LogsOptions } from "./branch/logs";
export type { Difference, RepairOptions } from "./branch/repair";
export type { PullRequestReportOptions, Reported, ReportOptions } from "./branch/report";
export type { RunStatus } from "./branch/runStatus";
export type { BranchUp, BranchUpOptions } from "./branch/up";
export type { BranchUrls } from "./branch/url";
export type { DeployOptions } from "./deploy";
export type { DestroyOptions } from "./destroy";
export type { Check } from "./doctor";
export type { Drifted } from "./engine/drift";
export type { Changes } from "./engine/progress";
export { exitCodes, UnderstudyError, type ErrorKind } from "./errors";
export { stepNames, type DeploymentEvent, type Event, type MessageEvent, type ResourceEvent, type StepEvent, type StepName, type TransferEvent, type WaitingEvent } from "./events";
export type { Deployed } from "./finish";
export type { Patience, UnderstudyOptions } from "./options";
export type { PlannedResource } from "./plan/mocks";
export type { Plan, PlanOptions, PlanTarget } from "./plan/plan";
export type { CopiedImage, ReleaseCopied, ReleaseCopyOptions } from "./release/copy";
export type { Finding, SweepOptions } from "./sweep/sweep";
export type { Surroundings } from "./surroundings";
export { understudy, type Understudy } from "./understudy";
