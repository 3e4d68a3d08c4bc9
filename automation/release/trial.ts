import type { Environment } from "../../model/environment";
import { environmentTags, releaseParameterName } from "../../model/names";
import { formatReleaseRecord, neededDigests, onDemandFor, parseReleaseRecord, proven, takenBack, tried, withSpotAgain, type Release, type ReleaseRecord } from "../../model/releaseRecord";
import type { Clients } from "../aws/clients";
import { calling, isMissing } from "../aws/errors";
import { giveUpImages, keepImages } from "../aws/keptImages";
import { lineOf, UnderstudyError, type ErrorKind } from "../errors";
import type { Emit } from "../events";
import { DisturbedDeployment, NoSpotCapacity } from "../rollout/follow";
import type { StackState } from "../state/stackState";

interface FoundRecord {
    /** Absent where there is none, or none that can be read. */
    readonly record?: ReleaseRecord;
    readonly exists: boolean;
}

/** Where a trial tells and writes what becomes of it. */
export interface TrialOptions {
    readonly emit: Emit;
    readonly aws: Clients;
    readonly environment: Pick<Environment, "app" | "name" | "services" | "images">;
    /** How the environment is brought to its record again. @example "`understudy deploy staging` brings back what has changed" */
    readonly wayBack: string;
}

/**
 * Brings an environment to a release, as far as its record and the registry are concerned: the record names the release before anything
 * changes, and the former one again when it fails; what the environment runs or could go back to is kept in the registry meanwhile. Of a
 * trial that is interrupted nobody knows the end, so the record goes on naming both, and the next one that ends decides.
 */
export class ReleaseTrial {
    private found: FoundRecord = { exists: false };
    private tried: Release | undefined;
    /** Something is left to do once the release has come up. */
    private unsettled = false;
    private onDemand = false;

    constructor(private readonly options: TrialOptions) {}

    /** What is tried, once that has begun. */
    get images(): Release | undefined {
        return this.tried;
    }

    /** What the environment should run until now; undefined where nobody has ever deployed a release. The first thing to ask, and anew in each try. */
    async running(): Promise<Release | undefined> {
        this.found = await this.find();
        return this.found.record?.images;
    }

    /**
     * Writes down that the environment should run these images, and keeps them. Where the stack's state has no record yet the program makes it;
     * where it has one that somebody has removed, it is made again, since the engine would not notice. Fails with kind `image-missing` when the
     * registry does not have all of them.
     */
    async begin(images: Release, state: Pick<StackState, "resources"> | undefined): Promise<void> {
        const { record: before, exists } = this.found;
        const record = tried(before && withSpotAgain(before, new Date()), images);
        this.onDemand = record.onDemand !== undefined;
        const { changed, missing, refused } = await keepImages(this.options.aws, this.owner, neededDigests(record));
        const gone = Object.entries(images).flatMap(([image, digest]) => (missing.includes(digest) ? [`${image}@${digest}`] : []));
        if (gone.length > 0) {
            throw new UnderstudyError("image-missing", `the registry does not have what ${this.options.environment.name} should run: ${gone.join(", ")}`, "deploy a release that is there");
        }
        for (const message of refused) this.options.emit({ type: "warning", message });
        const isMade = state?.resources.some(({ type, inputs }) => type === "aws:ssm/parameter:Parameter" && inputs["name"] === this.parameter);
        if (isMade === true && (!exists || record !== before)) await this.write(record, exists);
        this.tried = images;
        this.unsettled = changed || record !== before || record.former !== undefined;
    }

    /** Whether its tasks are to be placed on Spot. Known once the trial has begun. */
    get onSpot(): boolean {
        return !this.onDemand && this.options.environment.services.some(({ capacity }) => capacity === "FARGATE_SPOT");
    }

    /**
     * Does the work that brings the release up, which begins the trial as soon as it knows the images. When it finds no place on Spot the record
     * says that the tasks run on demand, and it is done once more. When it fails the record names the former release again; when it has come up, a
     * later one that fails goes back to this one, and what nobody needs any more is given up.
     */
    async run<T>(work: () => Promise<T>): Promise<T> {
        let result: T;
        try {
            result = await work().catch(async (error: unknown) => {
                if (!(error instanceof NoSpotCapacity)) throw error;
                await this.leaveSpot(error);
                return await work();
            });
        } catch (error) {
            if (this.tried !== undefined && isFailure(error)) await this.takeBack(this.tried);
            throw error;
        }
        await this.succeed();
        return result;
    }

    private async leaveSpot(error: NoSpotCapacity): Promise<void> {
        const { changed } = await this.change((record) => ({ ...record, onDemand: new Date().toISOString() }));
        if (!changed) throw error; // without the record the program would place its tasks on Spot again
        const { emit, environment } = this.options;
        emit({ type: "warning", message: `${error.message}: ${environment.name} runs on demand now, and tries Spot again when it is deployed after ${onDemandFor / 3_600_000} hours` });
    }

    private async succeed(): Promise<void> {
        const { tried: images } = this;
        if (images === undefined || !this.unsettled) return;
        const { record } = await this.change((found) => proven(found, images));
        if (record === undefined) {
            const { environment } = this.options;
            throw new UnderstudyError("not-found", `${environment.name} runs its release, but the record of it, ${this.parameter}, was removed meanwhile`, "run the same command again, which writes it anew");
        }
        await this.giveUp(record);
    }

    /** What nobody needs any more costs little, and is given up the next time: it must not make a failure of a release that is up. */
    private async giveUp(record: ReleaseRecord): Promise<void> {
        const { aws, emit } = this.options;
        try {
            for (const message of await giveUpImages(aws, this.owner, neededDigests(record))) emit({ type: "warning", message });
        } catch (error) {
            if (!(error instanceof UnderstudyError) || error.kind === "interrupted") throw error;
            emit({ type: "notice", message: `images of earlier releases stay in the registry: ${lineOf(error)}` });
        }
    }

    private async takeBack(images: Release): Promise<void> {
        const { emit, wayBack, environment } = this.options;
        try {
            const { record, changed } = await this.change((found) => takenBack(found, images));
            if (!changed || record === undefined) return;
            const unknown = environment.images.flatMap(({ name }) => (Object.hasOwn(record.images, name) ? [] : [name]));
            const how = unknown.length === 0 ? wayBack : `it has no ${unknown.join(", ")}: bring back what has changed from the commit that it was made of`;
            emit({ type: "notice", message: `${environment.name} should run its former release again; ${how}` });
        } catch (error) {
            emit({ type: "warning", message: `the record of ${environment.name} still names the release that has failed: ${lineOf(error)}` });
        }
    }

    /** Writes what becomes of the record, which somebody else may have written since. */
    private async change(change: (record: ReleaseRecord) => ReleaseRecord): Promise<{ readonly record?: ReleaseRecord; readonly changed: boolean }> {
        const { record: found } = await this.find();
        if (found === undefined) return { changed: false };
        const record = change(found);
        if (record !== found) await this.write(record, true);
        return { record, changed: record !== found };
    }

    private async find(): Promise<FoundRecord> {
        return calling("read which release should run", async () => {
            const ssm = await this.options.aws.ssm();
            const answer = await ssm.getParameter({ Name: this.parameter }).catch((error: unknown) => {
                if (isMissing(error)) return undefined;
                throw error;
            });
            const record = parseReleaseRecord(answer?.Parameter?.Value ?? "");
            return { exists: answer !== undefined, ...(record && { record }) };
        });
    }

    private async write(record: ReleaseRecord, exists: boolean): Promise<void> {
        const { app, name } = this.options.environment;
        const Tags = Object.entries(environmentTags(app, name)).map(([Key, Value]) => ({ Key, Value }));
        await calling("write down which release should run", async () => {
            const ssm = await this.options.aws.ssm();
            // Three releases of many images take more than the 4 KiB of a standard parameter.
            const parameter = { Name: this.parameter, Value: formatReleaseRecord(record), Type: "String", Tier: "Intelligent-Tiering" } as const;
            await ssm.putParameter(exists ? { ...parameter, Overwrite: true } : { ...parameter, Tags }); // SSM takes tags for a new one alone
        });
    }

    private get parameter(): string {
        const { app, name } = this.options.environment;
        return releaseParameterName(app, name);
    }

    private get owner(): { readonly app: string; readonly environment: string } {
        const { app, name } = this.options.environment;
        return { app, environment: name };
    }
}

/** Ends of which nobody knows what they have left: the engine or ECS may have gone on. */
const undecided: ReadonlySet<ErrorKind> = new Set(["interrupted", "superseded", "network", "credentials", "locked"]);

/** Whether the release did not come up, or was not even tried. */
function isFailure(error: unknown): boolean {
    return error instanceof UnderstudyError && !undecided.has(error.kind) && !(error instanceof DisturbedDeployment);
}
