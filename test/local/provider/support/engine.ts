import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Provider } from "../../../../local/provider/provider";
import { serve, type RunningServer } from "../../../../local/provider/server";
import { fromStruct, isProps, toStruct, type Props, type Value } from "../../../../local/provider/values";

/** A resource as an engine would have it in its state. */
export interface Stored {
    readonly urn: string;
    readonly id: string;
    readonly inputs: Props;
    readonly outputs: Props;
}

/** What Diff says: the kind of change by path, and which of them ask for a new resource. */
export interface DiffResult {
    readonly changes: Readonly<Record<string, string>>;
    readonly replaces: readonly string[];
    readonly deleteBeforeReplace: boolean;
}

/** What an engine does with a provider, over the real protocol. */
export class TestEngine {
    private constructor(
        readonly client: ResourceProviderClient,
        private readonly server: RunningServer,
    ) {}

    /** Starts a provider in this process, with this environment. */
    static async start(environment: NodeJS.ProcessEnv): Promise<TestEngine> {
        const server = await serve(new Provider("7.48.0", environment));
        return new TestEngine(new ResourceProviderClient(`127.0.0.1:${server.port}`, grpc.credentials.createInsecure()), server);
    }

    async stop(): Promise<void> {
        this.client.close();
        await this.server.finish();
    }

    async configure(args: Props): Promise<void> {
        const request = new pb.ConfigureRequest().setArgs(toStruct(args));
        await ask<pb.ConfigureResponse>((reply) => this.client.configure(request, reply));
    }

    async checkConfig(news: Props): Promise<readonly string[]> {
        const request = new pb.CheckRequest().setNews(toStruct(news));
        return failuresIn(await ask((reply) => this.client.checkConfig(request, reply)));
    }

    async diffConfig(olds: Props, news: Props): Promise<DiffResult> {
        const request = new pb.DiffRequest().setOldInputs(toStruct(olds)).setOlds(toStruct(olds)).setNews(toStruct(news));
        return diffIn(await ask((reply) => this.client.diffConfig(request, reply)));
    }

    async invoke(token: string, args: Props): Promise<Props> {
        const request = new pb.InvokeRequest().setTok(token).setArgs(toStruct(args));
        const answer = await ask<pb.InvokeResponse>((reply) => this.client.invoke(request, reply));
        return fromStruct(answer.getReturn());
    }

    async schema(): Promise<string> {
        const answer = await ask<pb.GetSchemaResponse>((reply) => this.client.getSchema(new pb.GetSchemaRequest(), reply));
        return answer.getSchema();
    }

    async check(urn: string, news: Props, olds: Props = {}): Promise<{ readonly inputs: Props; readonly failures: readonly string[] }> {
        const request = new pb.CheckRequest().setUrn(urn).setNews(toStruct(news)).setOlds(toStruct(olds)).setRandomseed(Buffer.from(urn));
        const answer = await ask<pb.CheckResponse>((reply) => this.client.check(request, reply));
        return { inputs: fromStruct(answer.getInputs()), failures: failuresIn(answer) };
    }

    async diff(stored: Stored, news: Props, ignored: readonly string[] = []): Promise<DiffResult> {
        const request = new pb.DiffRequest()
            .setUrn(stored.urn)
            .setId(stored.id)
            .setOlds(toStruct(stored.outputs))
            .setOldInputs(toStruct(stored.inputs))
            .setNews(toStruct(news))
            .setIgnorechangesList([...ignored]);
        return diffIn(await ask((reply) => this.client.diff(request, reply)));
    }

    /** Checks and makes a resource; fails with all that Check finds. */
    async create(token: string, name: string, given: Props): Promise<Stored> {
        const urn = urnOf(token, name);
        const inputs = await this.checked(urn, given, {});
        const request = new pb.CreateRequest().setUrn(urn).setProperties(toStruct(inputs));
        const answer = await ask<pb.CreateResponse>((reply) => this.client.create(request, reply));
        return { urn, id: answer.getId(), inputs, outputs: fromStruct(answer.getProperties()) };
    }

    /** What a preview says of a resource that would be made. */
    async previewCreate(token: string, name: string, given: Props): Promise<Props> {
        const urn = urnOf(token, name);
        const request = new pb.CreateRequest()
            .setUrn(urn)
            .setProperties(toStruct(await this.checked(urn, given, {})))
            .setPreview(true);
        const answer = await ask<pb.CreateResponse>((reply) => this.client.create(request, reply));
        return fromStruct(answer.getProperties());
    }

    /** Checks and updates a resource in place, whatever Diff would say. */
    async update(stored: Stored, given: Props, preview = false): Promise<Stored> {
        const inputs = await this.checked(stored.urn, given, stored.inputs);
        const request = new pb.UpdateRequest()
            .setUrn(stored.urn)
            .setId(stored.id)
            .setOlds(toStruct(stored.outputs))
            .setOldInputs(toStruct(stored.inputs))
            .setNews(toStruct(inputs))
            .setPreview(preview);
        const answer = await ask<pb.UpdateResponse>((reply) => this.client.update(request, reply));
        return { ...stored, inputs, outputs: fromStruct(answer.getProperties()) };
    }

    /** Reads a resource as a refresh does; undefined when it is gone. */
    async refresh(stored: Stored): Promise<Stored | undefined> {
        return await this.read(stored.urn, stored.id, stored);
    }

    /** Reads a resource that is known by its id only. */
    async importResource(token: string, name: string, id: string): Promise<Stored | undefined> {
        return await this.read(urnOf(token, name), id, { inputs: {}, outputs: {} });
    }

    async delete({ urn, id, outputs }: Stored): Promise<void> {
        const request = new pb.DeleteRequest().setUrn(urn).setId(id).setProperties(toStruct(outputs));
        await ask((reply) => this.client.delete(request, reply));
    }

    private async checked(urn: string, given: Props, olds: Props): Promise<Props> {
        const { inputs, failures } = await this.check(urn, given, olds);
        if (failures.length > 0) throw new Error(failures.join("\n"));
        return inputs;
    }

    private async read(urn: string, id: string, { inputs, outputs }: Pick<Stored, "inputs" | "outputs">): Promise<Stored | undefined> {
        const request = new pb.ReadRequest().setUrn(urn).setId(id).setInputs(toStruct(inputs)).setProperties(toStruct(outputs));
        const answer = await ask<pb.ReadResponse>((reply) => this.client.read(request, reply));
        if (answer.getId() === "") return undefined;
        return { urn, id: answer.getId(), inputs: revealed(answer.getInputs()), outputs: revealed(answer.getProperties()) };
    }
}

/** @example urnOf("aws:ec2/vpc:Vpc", "main") */
export function urnOf(token: string, name: string): string {
    return `urn:pulumi:test::understudy::${token}::${name}`;
}

/** True for a value that is marked as secret. */
export function isSecret(value: Value | undefined): value is Props {
    return isProps(value) && value["4dabf18193072939515e22adb298388d"] === "1b47061264138c4ac30d75fd1eb44270";
}

/** What a call answers; its error with the details that come along. */
export async function ask<A>(call: (reply: (error: grpc.ServiceError | null, answer: A) => void) => unknown): Promise<A> {
    return await new Promise((resolve, reject) => {
        call((error, answer) => {
            if (error === null) resolve(answer);
            else reject(Object.assign(new Error(error.details), { metadata: error.metadata }));
        });
    });
}

/** Properties as the engine sends them back to a provider that does not take secrets: without their marks. */
function revealed(struct: Parameters<typeof fromStruct>[0]): Props {
    const entries = Object.entries(fromStruct(struct));
    return Object.fromEntries(entries.map(([name, value]) => [name, isSecret(value) ? value["value"] : value]));
}

function failuresIn(answer: pb.CheckResponse): readonly string[] {
    return answer.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
}

function diffIn(answer: pb.DiffResponse): DiffResult {
    const kinds = Object.keys(pb.PropertyDiff.Kind);
    const changes = new Map(answer.getDiffsList().map((name) => [name, "UPDATE"]));
    if (answer.getHasdetaileddiff()) changes.clear();
    answer.getDetaileddiffMap().forEach((diff, path) => changes.set(path, kinds[diff.getKind()] ?? ""));
    return {
        changes: Object.fromEntries(changes),
        replaces: answer.getReplacesList(),
        deleteBeforeReplace: answer.getDeletebeforereplace(),
    };
}
