/* eslint-disable @typescript-eslint/no-require-imports -- names and help do without the engine's libraries and without a local world */
import type { Readable } from "node:stream";
import type { Event, Understudy } from "../automation/index";
import { UnderstudyError } from "../automation/errors";
import { findProject } from "../automation/settings/project";
import type { World } from "../local/world";
import { colorsFor, isTerminal } from "./colors";
import type { Options } from "./commands";
import { UsageError } from "./errors";
import { createOutput, type Output, type Streams } from "./output";
import { showProgress, type Progress } from "./progress";

/** What a process has been given; tests pass their own. */
export interface ContextParts extends Streams {
    readonly directory: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly stdin: Readable & { readonly isTTY?: boolean };
    /** Aborted by the first SIGINT or SIGTERM. */
    readonly signal: AbortSignal;
}

/** All that a command may touch. */
export interface Context extends ContextParts {
    readonly output: Output;
    readonly progress: Progress;
    /** A person sits in front of it and may be asked. */
    readonly interactive: boolean;
    /** This call is about the local world. */
    readonly local: boolean;
    /** The local world of this project. Fails when it does not run. */
    world(): World;
    /** The automation API with its progress shown; `subject` names what it works on when several things are done at once. */
    api(subject?: string): Understudy;
}

export function createContext(parts: ContextParts, options: Options): Context {
    const { directory, env, stdin, stderr, signal } = parts;
    const json = options["json"] === true;
    const local = options["local"] === true || readSwitch("UNDERSTUDY_LOCAL", env["UNDERSTUDY_LOCAL"]);
    const terminal = isTerminal(stderr) && env["CI"] === undefined;
    const progress = showProgress(stderr, terminal, colorsFor(stderr, env));
    const world = (): World => {
        const { defaultDirectories, openWorld } = require("../local/world") as typeof import("../local/world");
        const running = openWorld(defaultDirectories(findProject(directory).directory, env).world);
        if (running === undefined) throw new UnderstudyError("network", "the local world does not run", "start it: understudy local up");
        return running;
    };
    return {
        ...parts,
        output: createOutput({ stdout: parts.stdout, stderr }, json, colorsFor(parts.stdout, env)),
        progress,
        interactive: terminal && stdin.isTTY === true && !json,
        local,
        world,
        api: (subject) => {
            const { understudy } = require("../automation/index") as typeof import("../automation/index");
            const onEvent = (event: Event): void => progress.show(event, subject);
            return understudy({ directory, onEvent, signal, ...(local ? { surroundings: world() } : {}) });
        },
    };
}

const on = ["1", "true", "yes", "on"];
const off = ["", "0", "false", "no", "off"];

/** A variable that is either on or off; unset and empty are off. Anything else is refused: it must not silently mean AWS. */
function readSwitch(name: string, value = ""): boolean {
    const word = value.toLowerCase();
    if (on.includes(word)) return true;
    if (off.includes(word)) return false;
    throw new UsageError(`${name}: got ${JSON.stringify(value)}; allowed are 1, true, yes, on and 0, false, no, off`, `set ${name}=1, or unset it`);
}
