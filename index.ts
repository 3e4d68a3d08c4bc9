import { branch } from "./stacks/branch";
import { dev } from "./stacks/dev";
import type { BaseOutputs, Pending } from "./stacks/outputs";
import { production } from "./stacks/production";
import { readStack } from "./stacks/settings";
import { staging } from "./stacks/staging";

const bases = { production, staging, dev };

/** Builds the environment that the stack's settings describe, and returns its outputs. */
async function understudy(): Promise<Pending<BaseOutputs>> {
    const { settings, environment } = readStack();
    return settings.kind === "branch" ? branch(environment, settings) : bases[settings.kind](environment, settings);
}

export = understudy;
