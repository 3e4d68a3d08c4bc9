import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import type { Application, Service } from "../../../model/application";
import { parseDotEnv } from "../../../model/compose/dotenv";
import { interpolate } from "../../../model/compose/interpolate";
import { loadApplication } from "../../../model/load";
import type { Problem } from "../../../model/problem";
import { dotEnv, generatedFolder, template, variables } from "./generated";
import { askOracle, buildOracle, type Answers, type OracleService } from "./oracle";

const corpus = path.join(__dirname, "corpus");
const folders = fs.readdirSync(corpus).toSorted();

/** Folders that we refuse and compose-go does not. */
const stricter: Readonly<Record<string, string>> = {
    "empty-services": "an application without services is nothing to deploy",
    "include-conflict":
        "the Specification merges nothing here, compose-go does: what runs must not depend on who reads",
};

/** What only AWS refuses, and nothing of it is in compose-go. */
const ofAws = /on AWS|ECS|Fargate|under x-understudy|the own image/;

describe("compose-go", function () {
    const generated = fc.sample(generatedFolder, 100);
    const templates = fc.sample(template, 3000);
    const dotEnvs = fc.sample(dotEnv, 3000);
    const built = buildOracle();
    let parent: string;
    let answers: Answers;

    before(function () {
        this.timeout(300_000);
        if ("reason" in built) return this.skip();
        parent = fs.mkdtempSync(path.join(os.tmpdir(), "oracle-"));
        for (const [index, folder] of generated.entries()) {
            fs.mkdirSync(path.join(parent, String(index)));
            for (const [name, text] of Object.entries(folder)) fs.writeFileSync(path.join(parent, String(index), name), text);
        }
        const asked = [...folders.map((name) => path.join(corpus, name)), ...generated.map((_, index) => path.join(parent, String(index)))];
        answers = askOracle(built.program, { variables, folders: asked, templates, dotEnvs });
    });
    after(() => {
        if (!("reason" in built)) fs.rmSync(parent, { recursive: true });
    });

    if ("reason" in built) it(built.reason);

    for (const [index, name] of folders.entries()) {
        it(`reads corpus/${name} as we do`, () => {
            const { error, services } = answers.folders[index]!;
            const { application, problems } = loadApplication(path.join(corpus, name), variables);
            const errors = errorsOf(problems);
            if (name in stricter) assert.deepEqual([error, errors.length], [undefined, 1], stricter[name]);
            else if (services === undefined) assert.notDeepEqual(errors, [], error);
            else assert.deepEqual([ours(application, path.join(corpus, name)), errors], [theirs(services), []]);
        });
    }

    it("reads generated folders as we do", () => {
        for (const [index, folder] of generated.entries()) {
            const directory = path.join(parent, String(index));
            const { error, services } = answers.folders[folders.length + index]!;
            const { application, problems } = loadApplication(directory, variables);
            if (services === undefined) assert.notDeepEqual(errorsOf(problems), [], `${String(error)}\n${folder["compose.yaml"]}`);
            else assert.deepEqual(ours(application, directory), theirs(services), folder["compose.yaml"]);
        }
        const read = answers.folders.slice(folders.length).filter(({ services }) => services !== undefined);
        assert.ok(read.length > generated.length / 2, `only ${read.length} of the generated folders are right`);
    });

    it("replaces variables as we do", () => {
        for (const [index, text] of templates.entries()) {
            const { error, text: replaced = "" } = answers.templates[index]!;
            const result = interpolate(text, variables);
            assert.deepEqual([result.errors.length > 0, error === undefined ? result.text : ""], [error !== undefined, replaced], JSON.stringify(text));
        }
    });

    it("reads .env files as we do", () => {
        for (const [index, text] of dotEnvs.entries()) {
            const { error, values = {} } = answers.dotEnvs[index]!;
            const { values: read, problems } = parseDotEnv(text, variables);
            const broken = problems.some(({ severity }) => severity === "error");
            assert.deepEqual([broken, broken ? {} : read], [error !== undefined, values], JSON.stringify(text));
        }
    });
});

function errorsOf(problems: readonly Problem[]): readonly string[] {
    return problems.filter(({ severity, message }) => severity === "error" && !ofAws.test(message)).map(({ key, message }) => `${key}: ${message}`);
}

/** What both readers know of a project, in the units of ECS. */
function ours({ services }: Application, folder: string): Readonly<Record<string, unknown>> {
    return Object.fromEntries(services.map((service) => [service.name, ourService(service, folder)]));
}

function ourService(service: Service, folder: string): unknown {
    const check = service.healthCheck;
    return {
        image: service.image ?? "",
        command: service.command ?? null,
        entrypoint: service.entrypoint ?? null,
        environment: service.environment,
        ports: service.ports.map(({ containerPort, protocol, published, hostIp }) => [hostIp ?? "", published ?? "", containerPort, protocol]),
        expose: service.expose.map(({ containerPort, protocol }) => `${containerPort}${protocol === "udp" ? "/udp" : ""}`),
        dependsOn: service.dependsOn,
        profiles: service.profiles,
        cpu: service.cpu ?? 0,
        memory: service.memory ?? 0,
        user: service.user ?? "",
        workingDirectory: service.workingDirectory ?? "",
        build: service.buildContext === undefined ? null : path.join(folder, service.buildContext),
        stop: service.stopTimeout ?? null,
        replicas: service.replicas ?? null,
        health:
            check === undefined || "disabled" in check
                ? check && "disabled"
                : [check.command, check.interval ?? null, check.timeout ?? null, check.retries ?? null, check.startPeriod ?? null],
    };
}

function theirs(services: Readonly<Record<string, OracleService>>): Readonly<Record<string, unknown>> {
    return Object.fromEntries(Object.entries(services).map(([name, service]) => [name, theirService(service)]));
}

function theirService(service: OracleService): unknown {
    const check = service.healthCheck;
    return {
        image: service.image,
        command: service.command,
        entrypoint: service.entrypoint,
        environment: service.environment ?? {},
        ports: (service.ports ?? []).map(({ host_ip = "", published = "", target, protocol }) => [host_ip, published, target, protocol]),
        expose: (service.expose ?? []).flatMap(portsOf),
        dependsOn: Object.fromEntries(Object.entries(service.dependsOn ?? {}).map(([name, { condition }]) => [name, condition])),
        profiles: service.profiles ?? [],
        cpu: Math.ceil(service.cpus * 1024),
        memory: Math.ceil(service.memory / 1024 ** 2),
        user: service.user,
        workingDirectory: service.workingDir,
        build: service.build ?? null,
        stop: service.stopSeconds ?? null,
        replicas: service.replicas ?? null,
        health:
            check === undefined || check.disable || check.test?.[0] === "NONE"
                ? check && "disabled"
                : [check.test, check.interval, check.timeout, check.retries, check.startPeriod],
    };
}

/** compose-go keeps ranges of `expose` as they are. */
function portsOf(exposed: string): readonly string[] {
    const [, first = "", last = first, protocol = ""] = /^(\d+)(?:-(\d+))?(.*)$/.exec(exposed) ?? [];
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => `${Number(first) + index}${protocol}`);
}
