import type { Findings } from "../findings";
import { refuse } from "./keys";
import type { Node } from "./tree";
import { readKeys } from "./values";

/** Drivers that keep the output where it is, and the one for CloudWatch Logs. */
const likeOnAws = ["json-file", "local", "journald", "none", "awslogs"];

/** Checks `logging`: on AWS all output goes to CloudWatch Logs, so a driver that sends it elsewhere is not honoured. */
export function checkLogging(node: Node, findings: Findings, aws: Findings): void {
    const { driver } = readKeys(node, findings, ["driver", "options"]);
    if (driver?.kind === "scalar" && !likeOnAws.includes(driver.text)) refuse(driver, "on AWS all output goes to CloudWatch Logs", aws);
}
