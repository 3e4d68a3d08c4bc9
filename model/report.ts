import { plainVariables, type Application, type DependencyCondition, type Port, type Role, type Service, type ServiceHealthCheck } from "./application";
import type { Problem } from "./problem";

/** How the Compose file was understood, for programs: the document that `understudy model --json` prints. Null is "not given". */
export interface ModelReport {
    readonly services: Readonly<Record<string, ReportedService>>;
    readonly problems: readonly ReportedProblem[];
}

/** A service in ECS's units: seconds, MiB and CPU units. */
export interface ReportedService {
    /** As written; null for an image that is only built. */
    readonly image: string | null;
    readonly role: Role;
    readonly profiles: readonly string[];
    readonly ports: readonly ReportedPort[];
    /** Empty: the image's own is to be cleared. */
    readonly entrypoint: readonly string[] | null;
    readonly command: readonly string[] | null;
    readonly environment: Readonly<Record<string, string>>;
    /** Names of the variables that come from the parameter store, and stand nowhere with their values. */
    readonly secrets: readonly string[];
    readonly healthCheck: ServiceHealthCheck | null;
    readonly dependsOn: Readonly<Record<string, DependencyCondition>>;
    readonly stopTimeout: number | null;
    readonly init: boolean | null;
    readonly platform: string | null;
    /** What the service asks for, under `x-understudy.size` or in Compose's own keys. */
    readonly cpu: number | null;
    readonly memory: number | null;
}

export interface ReportedPort {
    readonly containerPort: number;
    readonly protocol: "tcp" | "udp";
    /** Port or range on the laptop. */
    readonly published: string | null;
    readonly hostIp: string | null;
}

export type ReportedProblem = {
    readonly [K in keyof Required<Problem>]: Required<Problem>[K] | (undefined extends Problem[K] ? null : never);
};

/** Makes the report. Problems stand beside what could be read, and hide nothing of it. */
export function modelReport({ services }: Application, problems: readonly Problem[]): ModelReport {
    return {
        services: Object.fromEntries(services.map((service) => [service.name, reportService(service)])),
        problems: problems.map(reportProblem),
    };
}

function reportService(service: Service): ReportedService {
    return {
        image: service.image ?? null,
        role: service.role,
        profiles: service.profiles,
        ports: service.ports.map(reportPort),
        entrypoint: service.entrypoint ?? null,
        command: service.command ?? null,
        environment: plainVariables(service),
        secrets: service.extension.secrets,
        healthCheck: service.healthCheck ?? null,
        dependsOn: service.dependsOn,
        stopTimeout: service.stopTimeout ?? null,
        init: service.init ?? null,
        platform: service.platform ?? null,
        cpu: service.extension.size?.cpu ?? service.cpu ?? null,
        memory: service.extension.size?.memory ?? service.memory ?? null,
    };
}

function reportPort({ containerPort, protocol, published, hostIp }: Port): ReportedPort {
    return { containerPort, protocol, published: published ?? null, hostIp: hostIp ?? null };
}

/** A problem for programs. */
export function reportProblem({ severity, file, line, service, key, value, message }: Problem): ReportedProblem {
    return { severity, file, line: line ?? null, service: service ?? null, key, value: value ?? null, message };
}
