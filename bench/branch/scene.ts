import fs from "node:fs";
import path from "node:path";
import { branchRun, branchSettings, type Digests, type PrivateSettings } from "../../automation/settings/privateSettings";
import { findProject, readStack, type Project } from "../../automation/settings/project";
import { ControlClient } from "../../local/emulator/control";
import { branchId, branchStack } from "../../model/names";
import { projectDirectory, Stage } from "../../test/engine/stage";
import type { Clock } from "../clock";

const base = "staging";
export const release = "bench";

/** A base in a local world, on which every way of making branch environments is tried with the same images. */
export class Scene implements AsyncDisposable {
    private constructor(
        readonly stage: Stage,
        readonly project: Project,
        readonly directory: string,
        readonly clock: Clock,
        /** What a branch runs. */
        readonly images: Digests,
    ) {}

    static async open(directory: string, clock: Clock): Promise<Scene> {
        const stage = await Stage.open();
        try {
            await stage.api().deploy(base);
            await stage.push(base, "feature/blue-banner", release);
            const { images } = await stage.api().branch.up({ branch: "bench/images", release });
            await stage.api().branch.down({ branch: "bench/images" });
            return new Scene(stage, findProject(projectDirectory), directory, clock, images);
        } catch (error) {
            await stage.close();
            throw error;
        }
    }

    async [Symbol.asyncDispose](): Promise<void> {
        await this.stage.close();
    }

    /** Variables of the engine in every way; what each way changes is its own. */
    env(): Readonly<Record<string, string>> {
        return { ...this.stage.world.env, ...this.clock.env, PULUMI_BACKEND_URL: this.backend };
    }

    get backend(): string {
        return this.stage.world.backends[base] ?? "";
    }

    stackOf(branch: string): string {
        return branchStack(branchId(branch));
    }

    /** The settings that `branch up` gives the engine. */
    settingsOf(branch: string, appDir = path.join(projectDirectory, "app")): PrivateSettings {
        const { settings, protection } = readStack(this.project, base);
        return branchRun({ ...branchSettings(settings, { base, branch, appDir }), images: this.images }, protection);
    }

    /** An empty folder of a way's own. */
    folder(name: string): string {
        const folder = path.join(this.directory, name);
        fs.mkdirSync(folder, { recursive: true });
        return folder;
    }

    /** Waits until no task starts or stops any more: the next measurement has the machine for itself. */
    async settled(): Promise<void> {
        const control = new ControlClient(this.stage.world.endpoint);
        for (let after = -1; ; ) {
            const { revision, services, tasks } = await control.ecs({ after });
            const complete = services.every(({ status, deployments }) => status === "ACTIVE" && deployments.every(({ rolloutState }) => rolloutState === "COMPLETED"));
            if (complete && tasks.every(({ lastStatus, desiredStatus }) => lastStatus === desiredStatus)) return;
            after = revision;
        }
    }
}
