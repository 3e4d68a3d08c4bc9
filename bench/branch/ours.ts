import { understudy, type Event, type StepName } from "../../automation/index";
import { projectDirectory } from "../../test/engine/stage";
import { runsProgram } from "../clock";
import { divide, type Interval } from "../measure";
import { release, type Scene } from "./scene";
import type { Parts, Phase, Way } from "./way";

const engineSteps: readonly StepName[] = ["create stack", "recover", "update", "destroy", "remove stack"];
const unchanging = new Set(["same", "read"]);

/** What `understudy branch up` and `branch down` do: this program's Automation API. */
export function ourWay(scene: Scene, branch: string): Way {
    return {
        up: () => observed(scene, (onEvent) => apiOf(scene, onEvent).branch.up({ branch, release })),
        down: () => observed(scene, (onEvent) => apiOf(scene, onEvent).branch.down({ branch })),
    };
}

function apiOf({ stage, clock }: Scene, onEvent: (event: Event) => void): ReturnType<typeof understudy> {
    return understudy({ directory: projectDirectory, surroundings: { ...stage.world, env: { ...stage.world.env, ...clock.env } }, onEvent });
}

/** Does something and divides its time by the events that it tells and the processes that it starts. */
async function observed({ clock }: Scene, work: (onEvent: (event: Event) => void) => Promise<unknown>): Promise<Phase> {
    clock.take();
    const events: (readonly [Event, number])[] = [];
    const begin = Date.now();
    await work((event) => events.push([event, Date.now()]));
    const span = { begin, end: Date.now() };
    const program = clock.take().filter(runsProgram);
    const { rest, ...parts } = divide(span, {
        waiting: stepsOf(events, ["follow deployment"]),
        provider: changesOf(events),
        program,
        engine: stepsOf(events, engineSteps),
    });
    return { seconds: (span.end - span.begin) / 1000, parts: { ...parts, own: rest } satisfies Parts };
}

function stepsOf(events: readonly (readonly [Event, number])[], names: readonly StepName[]): readonly Interval[] {
    return events.flatMap(([event, end]) =>
        event.type === "step" && event.state !== "started" && names.includes(event.name) ? [{ begin: end - 1000 * (event.seconds ?? 0), end }] : [],
    );
}

function changesOf(events: readonly (readonly [Event, number])[]): readonly Interval[] {
    return events.flatMap(([event, end]) =>
        event.type === "resource" && event.seconds !== undefined && !unchanging.has(event.operation) ? [{ begin: end - 1000 * event.seconds, end }] : [],
    );
}
