import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { loadApplication } from "../model/load";
import { spread } from "./measure";
import { withSpread, type Report } from "./report";

/** Sizes of the largest file that a team is likely to have. */
const serviceCount = 60;

/** What reading that file takes. */
interface ComposeReading {
    readonly services: number;
    readonly lines: number;
    /** Each reading of it, from the file system on, in the order of time; the first one of a process, which compiles, is not among them. */
    readonly seconds: readonly number[];
    /** Parsing of the same text by the YAML library alone, each time after the reading. */
    readonly yaml: readonly number[];
}

/** How long a large Compose file takes to read, beside its YAML alone, which nobody can do without. */
export function measureCompose(repetitions: number): Report {
    const { services, lines, seconds, yaml } = readRepeatedly(repetitions);
    const [whole, bare] = [spread(seconds), spread(yaml)];
    return {
        name: "compose",
        tables: [
            {
                columns: [`${services} services, ${lines} lines`, "seconds"],
                rows: [["read, checked and resolved", withSpread(whole)], ["its YAML alone", withSpread(bare)]],
            },
        ],
        aims: [{ subject: "reading the file in a process that runs", measured: whole.median, most: 0.1, unit: "s" }],
        samples: { seconds, yaml },
    };
}

/** Reads the file, with a file of variables and an included file, so many times in this process. */
function readRepeatedly(repetitions: number): ComposeReading {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "understudy-compose-"));
    try {
        const text = composeText();
        fs.writeFileSync(path.join(folder, "compose.yaml"), text);
        fs.writeFileSync(path.join(folder, "jobs.yaml"), "services:\n  job: { image: shop/job, environment: { LEVEL: $LEVEL } }\n");
        fs.writeFileSync(path.join(folder, "common.env"), Array.from({ length: 50 }, (_, index) => `COMMON_${index}=value $LEVEL`).join("\n"));
        const read = (): number => {
            const begin = performance.now();
            const { application, problems } = loadApplication(folder, { LEVEL: "info" });
            const end = performance.now();
            if (application.services.length !== serviceCount + 1 || problems.length > 0)
                throw new Error(`the measured file is not read: ${problems.map(({ key, message }) => `${key}: ${message}`).join("; ")}`);
            return (end - begin) / 1000;
        };
        const parseYaml = (): number => {
            const begin = performance.now();
            parse(text, { merge: true });
            return (performance.now() - begin) / 1000;
        };
        read();
        parseYaml();
        const pairs = Array.from({ length: repetitions }, () => [read(), parseYaml()] as const);
        return { services: serviceCount + 1, lines: text.split("\n").length, seconds: pairs.map(([whole]) => whole), yaml: pairs.map(([, bare]) => bare) };
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

function composeText(): string {
    const services = Array.from({ length: serviceCount }, (_, index) => {
        const variables = Array.from({ length: 16 }, (__, number) => `      VARIABLE_${number}: value \${LEVEL:-debug} ${number}`);
        return [
            `  service-${index}:`,
            "    <<: *common",
            `    image: registry.example.com/shop/service-${index}:1.4`,
            "    environment:",
            "      <<: *environment",
            ...variables,
            `      NEXT_URL: http://service-${(index + 1) % serviceCount}:8080/`,
            "    env_file: [common.env]",
            "    expose:",
            `      - "${8000 + index}"`,
            "    healthcheck:",
            "      test: [CMD, curl, -f, http://localhost:8080/health]",
            "      interval: 10s",
            "    deploy:",
            "      resources:",
            '        limits: { cpus: "0.25", memory: 256m }',
            "",
        ];
    });
    return [
        "include: [jobs.yaml]",
        "x-environment: &environment { REGION: eu-west-1, LOG_LEVEL: $LEVEL }",
        "x-common: &common { stop_grace_period: 30s, init: true, restart: always }",
        "services:",
        ...services.flat(),
    ].join("\n");
}
