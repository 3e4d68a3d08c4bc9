import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Change } from "./changes";
import { errorLine } from "./errors";
import { InitializationFailed } from "./lifecycle";
import type { Mode, Provider } from "./provider";
import type { Failure } from "./resourceType";
import { fromStruct, toStruct, type Stored } from "./values";

/** A provider that answers. */
export interface RunningServer {
    readonly port: number;
    /** Takes nothing new, ends what only waits, and is done when everything that has begun has ended and been answered. */
    finish(): Promise<void>;
}

/**
 * Serves the provider on the engine's protocol, on a free port of the loopback address. The connections are its own and only handed to
 * grpc-js, whose `tryShutdown` is never done when it comes while a connection is torn down: the engine takes its leave with a last frame
 * that Node.js holds to be an error, and asks the process to end in the same moment.
 */
export async function serve(provider: Provider): Promise<RunningServer> {
    const underWay = new Set<Promise<void>>();
    const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
    const implementation = Object.entries(handlers(provider)).map(
        ([name, answer]) => [name, unary(answer as (request: unknown) => unknown, underWay)] as const,
    );
    server.addService(ResourceProviderService, Object.fromEntries(implementation));
    const connections = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
    const listener = createServer((connection) => connections.injectConnection(connection));
    await once(listener.listen(0, "127.0.0.1"), "listening");
    const finish = async (): Promise<void> => {
        const disconnected = new Promise((resolve) => listener.close(resolve));
        connections.destroy(); // each as soon as its calls have been answered
        provider.cancel();
        await disconnected;
        await Promise.all(underWay); // of connections that ended before their calls
    };
    return { port: (listener.address() as AddressInfo).port, finish };
}

/** Answers a request with what a function returns or promises, or with its error. Until then the call is among those under way. */
function unary<Q, A>(answer: (request: Q) => A | Promise<A>, underWay: Set<Promise<void>>): grpc.handleUnaryCall<Q, A> {
    return ({ request }, reply) => {
        const call = Promise.resolve()
            .then(() => answer(request))
            .then(
                (answered) => reply(null, answered),
                (error: unknown) => reply(failure(error)),
            )
            .finally(() => underWay.delete(call));
        underWay.add(call);
    };
}

/** What a provider without parameters, functions of resources and components has to answer. */
function handlers(provider: Provider) {
    return {
        handshake: () => new pb.ProviderHandshakeResponse(),
        attach: () => new Empty(),
        getPluginInfo: () => new PluginInfo().setVersion(provider.version),
        getSchema: () => new pb.GetSchemaResponse().setSchema(provider.schema()),
        cancel: () => {
            provider.cancel();
            return new Empty();
        },
        checkConfig: async (request: pb.CheckRequest) => {
            const { inputs, failures } = await provider.checkConfiguration(fromStruct(request.getNews()));
            return new pb.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(failures.map(checkFailure));
        },
        diffConfig: (request: pb.DiffRequest) => {
            const changed = provider.diffConfiguration(
                fromStruct(request.getOldInputs() ?? request.getOlds()),
                fromStruct(request.getNews()),
            );
            return new pb.DiffResponse().setChanges(changed.length > 0 ? some : none).setDiffsList([...changed]);
        },
        configure: async (request: pb.ConfigureRequest) => {
            await provider.configure(fromStruct(request.getArgs()));
            return new pb.ConfigureResponse().setSupportspreview(true);
        },
        invoke: async (request: pb.InvokeRequest) =>
            new pb.InvokeResponse().setReturn(toStruct(await provider.invoke(request.getTok(), fromStruct(request.getArgs())))),
        check: (request: pb.CheckRequest) => {
            const { inputs, failures } = provider.check(request.getUrn(), {
                news: fromStruct(request.getNews()),
                olds: fromStruct(request.getOlds()),
                seed: request.getRandomseed_asU8(),
            });
            return new pb.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(failures.map(checkFailure));
        },
        diff: (request: pb.DiffRequest) => {
            const { changes, deleteBeforeReplace } = provider.diff(
                request.getUrn(),
                old(request),
                fromStruct(request.getNews()),
                request.getIgnorechangesList(),
            );
            return diffResponse(changes).setDeletebeforereplace(deleteBeforeReplace);
        },
        create: async (request: pb.CreateRequest) => {
            const { id, outputs } = await provider.create(request.getUrn(), fromStruct(request.getProperties()), mode(request));
            return new pb.CreateResponse().setId(id).setProperties(toStruct(outputs));
        },
        read: async (request: pb.ReadRequest) => {
            const known = { inputs: fromStruct(request.getInputs()), outputs: fromStruct(request.getProperties()) };
            const found = await provider.read(request.getUrn(), request.getId(), known, request.getTimeout());
            const response = new pb.ReadResponse();
            return found === undefined
                ? response
                : response.setId(found.id).setProperties(toStruct(found.outputs)).setInputs(toStruct(found.inputs));
        },
        update: async (request: pb.UpdateRequest) => {
            const outputs = await provider.update(
                request.getUrn(),
                request.getId(),
                old(request),
                fromStruct(request.getNews()),
                mode(request),
            );
            return new pb.UpdateResponse().setProperties(toStruct(outputs));
        },
        delete: async (request: pb.DeleteRequest) => {
            await provider.delete(request.getUrn(), request.getId(), fromStruct(request.getProperties()), request.getTimeout());
            return new Empty();
        },
    };
}

const { DIFF_NONE: none, DIFF_SOME: some } = pb.DiffResponse.DiffChanges;
const kinds = pb.PropertyDiff.Kind;

function old(request: pb.DiffRequest | pb.UpdateRequest): Stored {
    return { inputs: fromStruct(request.getOldInputs()), outputs: fromStruct(request.getOlds()) };
}

function mode(request: pb.CreateRequest | pb.UpdateRequest): Mode {
    return { preview: request.getPreview(), timeout: request.getTimeout() };
}

function checkFailure({ property, reason }: Failure): pb.CheckFailure {
    return new pb.CheckFailure().setProperty(property).setReason(reason);
}

function diffResponse(changes: readonly Change[]): pb.DiffResponse {
    const top = changes.map(({ path }) => path.split(/[.[]/, 1).join(""));
    const response = new pb.DiffResponse()
        .setChanges(changes.length > 0 ? some : none)
        .setDiffsList([...new Set(top)])
        .setReplacesList(changes.filter(({ replaces }) => replaces).map(({ path }) => path))
        .setHasdetaileddiff(true);
    for (const { path, kind, replaces } of changes) {
        const code = {
            add: [kinds.ADD, kinds.ADD_REPLACE],
            update: [kinds.UPDATE, kinds.UPDATE_REPLACE],
            delete: [kinds.DELETE, kinds.DELETE_REPLACE],
        } as const;
        response.getDetaileddiffMap().set(path, new pb.PropertyDiff().setKind(code[kind][replaces ? 1 : 0]).setInputdiff(true));
    }
    return response;
}

/** An error as the engine shows it: one line. A resource that exists although its operation failed goes with it, or it would be lost. */
function failure(error: unknown): Partial<grpc.ServiceError> {
    const details = errorLine(error);
    if (!(error instanceof InitializationFailed)) return { code: grpc.status.UNKNOWN, details };
    const detail = new pb.ErrorResourceInitFailed()
        .setId(error.id)
        .setProperties(toStruct(error.outputs))
        .setInputs(toStruct(error.inputs))
        .setReasonsList([error.message]);
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(details);
    status.addDetails(any);
    const metadata = new grpc.Metadata();
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    return { code: grpc.status.UNKNOWN, details, metadata };
}
