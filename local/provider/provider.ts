import { isDeepStrictEqual } from "node:util";
import { check, type Checked, type CheckRequest } from "./check";
import { configurationArguments, readConfiguration } from "./configuration";
import { diff, type Diff } from "./diff";
import { errorLine } from "./errors";
import { invoke } from "./invokes";
import * as lifecycle from "./lifecycle";
import { login } from "./login";
import type { ResourceType } from "./resourceType";
import { resourceTypes } from "./resources";
import { schemaOf } from "./schema";
import type { Session } from "./session";
import { hasUnknown, type Props, type Stored } from "./values";

/** How an operation is done. */
export interface Mode {
    /** Only say what would be. */
    readonly preview: boolean;
    /** Seconds the engine gives it; 0: as long as it takes. */
    readonly timeout: number;
}

/** A login that was made or tried, and with what. */
interface Login {
    readonly args: Props;
    readonly session: Promise<Session>;
}

/** The AWS provider: everything the protocol asks, without the protocol. Each process serves one provider instance. */
export class Provider {
    private session: Session | undefined;
    private latest: Login | undefined;
    private readonly cancellation = new AbortController();

    constructor(
        /** The version of the SDK package it stands in for. */
        readonly version: string,
        private readonly environment: NodeJS.ProcessEnv,
    ) {}

    /** The resource types it knows, in the form in which the engine describes packages. */
    schema(): string {
        return JSON.stringify(schemaOf(this.version, resourceTypes));
    }

    /** Checks the arguments, and when all are known whether they lead into an account that is allowed: before the first resource. */
    async checkConfiguration(news: Props): Promise<Checked> {
        const { failures } = readConfiguration(news);
        if (failures.length > 0 || hasUnknown(news)) return { inputs: news, failures };
        try {
            await this.login(news);
            return { inputs: news, failures: [] };
        } catch (error) {
            return { inputs: news, failures: [{ property: "", reason: errorLine(error) }] };
        }
    }

    /** Names of the arguments that changed. None of them asks for new resources. */
    diffConfiguration(olds: Props, news: Props): readonly string[] {
        const from = configurationArguments(olds);
        const to = configurationArguments(news);
        return [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((name) => !isDeepStrictEqual(from[name], to[name])).sort();
    }

    /** Logs in. */
    async configure(args: Props): Promise<void> {
        const { failures } = readConfiguration(args);
        if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property} ${reason}`).join("; "));
        this.session = await this.login(args);
    }

    async invoke(token: string, args: Props): Promise<Props> {
        return await invoke(token, args, this.configured(), this.cancellation.signal);
    }

    check(urn: string, request: Omit<CheckRequest, "name" | "defaultTags">): Checked {
        return check(typeOf(urn), { ...request, name: nameOf(urn), defaultTags: this.session?.defaultTags ?? {} });
    }

    diff(urn: string, old: Stored, news: Props, ignored: readonly string[]): Diff {
        return diff(typeOf(urn), old, news, ignored);
    }

    async create(urn: string, inputs: Props, { preview, timeout }: Mode): Promise<lifecycle.Resource> {
        const operation = this.operation(urn, timeout);
        return preview ? { id: "", outputs: lifecycle.previewCreate(operation, inputs) } : await lifecycle.create(operation, inputs);
    }

    async read(urn: string, id: string, known: Stored, timeout: number): Promise<(Stored & { readonly id: string }) | undefined> {
        return await lifecycle.read(this.operation(urn, timeout), id, known);
    }

    async update(urn: string, id: string, old: Stored, news: Props, { preview, timeout }: Mode): Promise<Props> {
        const operation = this.operation(urn, timeout);
        return preview ? lifecycle.previewUpdate(operation, old, news) : await lifecycle.update(operation, id, old, news);
    }

    async delete(urn: string, id: string, outputs: Props, timeout: number): Promise<void> {
        await lifecycle.remove(this.operation(urn, timeout), id, outputs);
    }

    /** Ends what only waits; calls that are under way finish. */
    cancel(): void {
        this.cancellation.abort();
    }

    /** Logs in once for the same arguments: the engine checks them and configures the provider with them right after. */
    private async login(args: Props): Promise<Session> {
        const own = configurationArguments(args);
        const known = isDeepStrictEqual(this.latest?.args, own) ? this.latest : undefined;
        const { session } = (this.latest = known ?? { args: own, session: login(readConfiguration(args).configuration, this.environment) });
        return await session;
    }

    private operation(urn: string, timeout: number): lifecycle.Operation {
        return { type: typeOf(urn), session: this.configured(), timeout, cancelled: this.cancellation.signal };
    }

    private configured(): Session {
        if (this.session === undefined) throw new Error("the provider is not configured");
        return this.session;
    }
}

/** @example urn:pulumi:staging::understudy::understudy:network:Network$aws:ec2/vpc:Vpc::network */
function typeOf(urn: string): ResourceType {
    const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const type = resourceTypes.get(token);
    if (type !== undefined) return type;
    throw new Error(`the local AWS provider has no resource type ${token}; those it has are in local/provider/resources`);
}

function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}
