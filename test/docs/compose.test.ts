import assert from "node:assert/strict";
import { clearedEnvironments } from "../../model/compose/clearedEnvironment";
import { readCompose } from "../../model/compose/compose";
import type { EnvironmentService } from "../../model/environment";
import { planEnvironment } from "../../model/plan";
import type { Problem } from "../../model/problem";
import { parseSettings, type Settings } from "../../model/settings";
import { readProjectFile, tableRows } from "./sources";

const page = readProjectFile("docs/compose.md");
const [, example = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
const readKeys = keysUnder("Keys of a service");
const laptopKeys = keysUnder("Keys of the laptop");
const refusedKeys = keysUnder("Keys that are refused");

const place = { app: "shop", account: "222222222222", region: "eu-west-1", zone: "staging.example.com" };
const base = settingsOf({ kind: "staging", ...place });
const ofBranch = settingsOf({ kind: "branch", base: "staging", baseKind: "staging", branch: "feature/x", ...place });

describe("docs/compose.md", () => {
    it("has each key of a service once", () => {
        const keys = [...readKeys.filter((key) => !key.includes(".")), ...laptopKeys, ...refusedKeys];
        assert.deepEqual(keys, [...new Set(keys)]);
    });

    it("has every key of a service that the reader knows, and no other", () => {
        const words = new Set(readProjectFile("model/compose/keys.ts").match(/(?<=^ {4}"?)[a-z][a-z_]+(?="?[,:])/gm));
        const onPage = [...readKeys.filter((key) => !key.includes(".")), ...laptopKeys, ...refusedKeys];
        assert.deepEqual([...words].filter(isKnown).sort(), onPage.toSorted());
    });

    it("says of each refused key why, in the words of the error", () => {
        for (const [cell = "", why = ""] of tableRows(page, "Keys that are refused")) {
            for (const key of names(cell)) {
                const message = `${why}; remove it, or list it under x-understudy.ignore (${key}) to run without it on AWS`;
                assert.deepEqual(
                    problemsOfKey(key).map((problem) => problem.message),
                    [message],
                    key,
                );
            }
        }
    });

    it("calls no key refused that is not", () => {
        const refused = [...readKeys.filter((key) => !key.includes(".")), ...laptopKeys].filter((key) =>
            problemsOfKey(key).some(({ message }) => message.includes("x-understudy.ignore")),
        );
        assert.deepEqual(refused, ["network_mode"]); // which has one form that is read
    });

    const nested: Readonly<Record<string, readonly string[]>> = {
        deploy: ["deploy"],
        "deploy.resources.limits": ["deploy", "resources", "limits"],
        "deploy.resources.reservations": ["deploy", "resources", "reservations"],
        healthcheck: ["healthcheck"],
        ports: ["ports", "0"],
        depends_on: ["depends_on", "web"],
        volumes: ["volumes", "0"],
        networks: ["networks", "default"],
        logging: ["logging"],
    };
    for (const [prefix, path] of Object.entries(nested)) {
        it(`has every key of ${prefix} that the reader knows, and no other`, () => {
            const below = readKeys.filter((key) => key.startsWith(`${prefix}.`)).map((key) => key.slice(prefix.length + 1));
            const onPage = [...new Set(below.map((key) => key.split(".")[0]))];
            assert.deepEqual(onPage.toSorted(), allowedIn(path).toSorted());
        });
    }

    it("has every key of x-understudy that the reader knows, and no other", () => {
        const known = allowedIn(["x-understudy"]).flatMap((key) => {
            const inner = ["health", "size"].includes(key) ? allowedIn(["x-understudy", key]) : [];
            return inner.length > 0 ? inner.map((name) => `${key}.${name}`) : [key];
        });
        assert.deepEqual(keysUnder("`x-understudy` of a service").toSorted(), known.toSorted());
    });

    it("has every role", () => {
        const [problem] = problemsOf("services:\n  web:\n    image: nginx\n    x-understudy: { role: zzz }\n");
        assert.equal(
            problem?.message,
            `allowed: ${tableRows(page, "Roles")
                .flatMap(([cell = ""]) => names(cell))
                .join(", ")}`,
        );
    });

    it("has every key of the file, of which none is an error", () => {
        const keys = keysUnder("The file");
        const withProblem = keys.filter(
            (key) => problemsOf(`services: { web: { image: nginx } }\n${key === "services" ? "" : `${key}: {}`}\n`).length > 0,
        );
        assert.deepEqual(withProblem, []);
        assert.deepEqual(keys.toSorted(), [
            "configs",
            "include",
            "models",
            "name",
            "networks",
            "secrets",
            "services",
            "version",
            "volumes",
        ]);
    });

    it("shows examples that are read without a problem", () => {
        const [first = "", volumes = "", secrets = "", entrypoint = ""] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = ""]) => yaml);
        const withVolume = `services: { web: { image: nginx, volumes: ["data:/data"] } }\n${volumes}`;
        assert.deepEqual([first, withVolume, secrets].map(problemsOf), [[], [], []]);
        const service = entrypoint.trim().replaceAll(/^/gm, "    ");
        assert.deepEqual(problemsOf(`services:\n  web:\n    image: nginx\n${service}\n`), []);
    });

    for (const [cell = ""] of tableRows(page, "Credentials in child processes")) {
        for (const program of names(cell)) {
            it(`warns of ${program}`, () => assert.deepEqual(clearedEnvironments(program.split(" ")).map((found) => found.program), [program]));
        }
    }

    for (const [cell = "", outcome = ""] of tableRows(page, "Volumes")) {
        for (const written of names(cell).filter((name) => name !== "source")) {
            it(`tells what becomes of the volume ${written}`, () => {
                const long = written.startsWith("type:");
                const source = cell.includes("without `source`") ? "" : ", source: data";
                const volume = long ? `{ ${written}${source}, target: /data }` : JSON.stringify(written);
                const refused = problemsOf(`services: { web: { image: nginx, volumes: [${volume}] } }\n`).length > 0;
                assert.equal(refused, outcome.startsWith("An error"));
            });
        }
    }

    it("tells the defaults of a route", () => {
        const [staging, branch] = [base, ofBranch].map((settings) => routeDefaults(settings));
        const told = Object.entries(staging!).map(([key, value]) => [
            key,
            value === branch?.[key] ? value : `${value}; ${branch?.[key]} in dev and branches`,
        ]);
        const rows = tableRows(page, "`x-understudy` of a service").map(([cell = "", , usual = ""]) => [
            names(cell)[0],
            usual.replaceAll("`", ""),
        ]);
        assert.deepEqual(
            told,
            rows.filter(([key]) => key! in staging!),
        );
    });

    for (const [written = "", staging = "", branch = ""] of tableRows(page, "How services find each other")) {
        it(`tells what becomes of ${written}`, () => {
            const [value = ""] = names(written);
            assert.deepEqual([planned(value, base), planned(value, ofBranch)], [staging, branch]);
        });
    }
});

function keysUnder(heading: string): readonly string[] {
    return tableRows(page, heading).flatMap(([cell = ""]) => names(cell));
}

/** The names in the code spans of a cell. */
function names(cell: string): readonly string[] {
    return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

function problemsOf(text: string): readonly Problem[] {
    return readCompose(text, "compose.yaml", {}).problems;
}

/** What the reader says about a key itself, whatever its value. */
function problemsOfKey(key: string): readonly Problem[] {
    return problemsOf(`services:\n  web:\n    image: nginx\n    ${key}: x\n`).filter((problem) => problem.key === `services.web.${key}`);
}

function isKnown(key: string): boolean {
    return !problemsOfKey(key).some(({ message }) => message.startsWith("unknown key"));
}

/** The keys that the reader names when it meets one that it does not know, at a path below a service. */
function allowedIn(path: readonly string[]): readonly string[] {
    const inner = path.reduceRight((value: object, part) => (part === "0" ? [value] : { [part]: value }), { zzz: 1 });
    const message = problemsOf(JSON.stringify({ services: { web: { image: "nginx", ...inner } } })).find((problem) =>
        problem.message.startsWith("unknown key"),
    )?.message;
    return message?.replace(/^.*allowed: /, "").split(", ") ?? [];
}

/** What a variable with this value becomes in the example's `web`, as the page's table says it. */
function planned(value: string, settings: Settings): string {
    const { web, problems } = planWeb(example.replace("http://api:8080", value), settings);
    return `\`${web.containers[0]?.environment.API_URL ?? ""}\`${problems.length > 0 ? ", with a warning" : ""}`;
}

/** What a route is like where the Compose file says nothing about it, by the key that would say it. */
function routeDefaults(settings: Settings): Readonly<Record<string, string>> {
    const { path, interval, timeout, healthy, unhealthy, matcher } = planWeb(example.replace(/health: .*/, ""), settings).web.route!.health;
    const { deregistrationDelay } = planWeb(example, settings).web.route!;
    return {
        "health.path": path,
        "health.interval": `${interval}s`,
        "health.timeout": `${timeout}s`,
        "health.healthy": `${healthy}`,
        "health.unhealthy": `${unhealthy}`,
        "health.matcher": matcher,
        deregistrationDelay: `${deregistrationDelay}s`,
    };
}

function planWeb(text: string, settings: Settings): { readonly web: EnvironmentService; readonly problems: readonly Problem[] } {
    const { application, problems } = readCompose(text, "compose.yaml", {});
    const plan = planEnvironment(application, settings);
    assert.deepEqual(problems, []);
    return { web: plan.environment.services.find(({ name }) => name === "web")!, problems: plan.problems };
}

function settingsOf(values: Readonly<Record<string, string>>): Settings {
    const { settings, problems } = parseSettings(
        Object.fromEntries(Object.entries(values).map(([key, value]) => [`understudy:${key}`, value])),
        "settings",
    );
    assert.deepEqual(problems, []);
    return settings!;
}
