import fc from "fast-check";
import assert from "node:assert/strict";
import type { Application, Service } from "../../../model/application";
import { formatProblem } from "../../../model/problem";
import { readSchedules } from "../../../model/schedules/readSchedules";
import { batchesReport } from "../../../model/schedules/report";

const service = (name: string, role: Service["role"], more: object = {}): Service =>
    ({ name, role, profiles: [], extension: { roleGiven: false, health: {}, secrets: [] }, ...more }) as unknown as Service;
const shop: Application = {
    file: "app/compose.yaml",
    queues: [],
    buckets: [],
    services: [service("db", "store"), service("debug", "worker", { profiles: ["debug"] }), service("proxy", "sidecar"), service("web", "web"), service("worker", "worker")],
    variables: {},
};

/** What is read, with each problem as a person sees it. */
function read(text: string, application: Application | undefined = shop): { readonly batches: readonly object[]; readonly problems: readonly string[] } {
    const { batches, problems } = readSchedules(text, "schedules.yaml", application);
    return { batches, problems: problems.map((problem) => `${problem.batch ?? "-"} ${formatProblem(problem).trim()}`) };
}

const plain = { service: "web", command: ["node", "a.mjs"], enabled: true, overlap: "allow" };
const example = `- { name: nightly, cron: "0 3 * * ? *", command: [node, nightly.mjs] }`;
const wanted = "a list of words or a text is expected, such as [node, nightly.mjs]";

describe("a schedules file", () => {
    it("is a list of batches, with defaults", () => {
        const text = `
- name: nightly
  cron: 0 3   * * ? *
  command: node a.mjs
- {name: often, rate: 5 minutes, command: [node, a.mjs]}
- {name: once, at: 2026-11-30T03:00:00, command: [node, a.mjs]}
`;
        assert.deepEqual(read(text), {
            batches: [
                { name: "nightly", expression: "cron(0 3 * * ? *)", ...plain },
                { name: "often", expression: "rate(5 minutes)", ...plain },
                { name: "once", expression: "at(2026-11-30T03:00:00)", ...plain },
            ],
            problems: [],
        });
    });

    it("says everything that there is to say", () => {
        const text = `
- name: totals_2
  cron: "*/5 8-18 ? * MON-FRI *"
  timezone: Europe/Berlin
  command: ["sh", "-c", "a && b", 7]
  service: worker
  enabled: false
  timeout: 1h30m
  overlap: skip
`;
        assert.deepEqual(read(text), {
            batches: [
                {
                    name: "totals_2",
                    expression: "cron(*/5 8-18 ? * MON-FRI *)",
                    timezone: "Europe/Berlin",
                    service: "worker",
                    command: ["sh", "-c", "a && b", "7"],
                    enabled: false,
                    timeout: 5400,
                    overlap: "skip",
                },
            ],
            problems: [],
        });
    });

    it("may have AWS's notation around rates and single times", () => {
        const text = `
- {name: often, rate: rate(1 hour), command: node a.mjs}
- {name: once, at: "at(2026-11-30T03:00:00)", command: node a.mjs}
- {name: wrong, rate: rate(1 hours), command: node a.mjs}
`;
        const { batches, problems } = read(text);
        assert.deepEqual(batches, [
            { name: "often", expression: "rate(1 hour)", ...plain },
            { name: "once", expression: "at(2026-11-30T03:00:00)", ...plain },
        ]);
        assert.deepEqual(problems, [
            'wrong schedules.yaml:4 [2].rate: got "rate(1 hours)"; column 8: EventBridge wants the singular after 1; write 1 hour',
        ]);
    });

    it("warns of words that are not the texts they are written as", () => {
        assert.deepEqual(read("- {name: a, rate: 1 day, command: [chmod, 0755, 7, '0755']}").problems, [
            "a warning: schedules.yaml:1 [0].command[1]: without quotes this is no text, and the program gets it in another form than it is written; put it in quotes",
        ]);
    });

    it("may use anchors and have no batches at all", () => {
        assert.deepEqual(read("[]"), { batches: [], problems: [] });
        const text = `
- &first {name: a, rate: 1 day, command: node a.mjs}
- <<: *first
  name: b
`;
        assert.deepEqual(
            read(text).batches.map((batch) => (batch as { name: string }).name),
            ["a", "b"],
        );
    });

    it("runs batches in the main service, or in the only one", () => {
        const line = "- {name: a, rate: 1 day, command: node a.mjs}";
        const serviceOf = (...services: readonly Service[]): unknown => read(line, { ...shop, services }).batches.map((batch) => (batch as { service: string }).service);
        const main = { extension: { roleGiven: false, health: {}, secrets: [], main: true } };
        assert.deepEqual(serviceOf(service("a", "web"), service("b", "web", main)), ["b"]);
        assert.deepEqual(serviceOf(service("only", "worker"), service("db", "store")), ["only"]);
        assert.deepEqual(read(line, { ...shop, services: [service("a", "worker"), service("b", "task")] }).problems, [
            "a schedules.yaml:1 [0].service: missing, and the application has no main service; allowed: a, b",
        ]);
    });

    it("looks up no services where the application is not known", () => {
        const { batches, problems } = readSchedules("- {name: a, rate: 1 day, command: node a.mjs}\n- {name: b, rate: 1 day, command: x, service: y}\n", "f");
        assert.deepEqual([batches.map((batch) => batch.service), problems], [[undefined, "y"], []]);
    });

    it("is reported whole, with null for what is not given", () => {
        const text = "- {name: a, at: 2026-11-30T03:00:00, command: node a.mjs}\n- {name: b, cron: x, command: y}\n";
        assert.deepEqual(batchesReport(readSchedules(text, "f.yaml", shop)), {
            batches: [
                {
                    ...{ name: "a", cron: null, rate: null, at: "2026-11-30T03:00:00", startedBy: "scheduler", timezone: null, service: "web" },
                    ...{ command: ["node", "a.mjs"], enabled: true, timeout: null, overlap: "allow" },
                },
            ],
            problems: [
                {
                    ...{ severity: "error", file: "f.yaml", line: 2, batch: "b", key: "[1].cron", value: "x" },
                    message: "column 2: six fields are expected (minutes, hours, day of month, month, day of week, year), and there is 1",
                },
            ],
        });
    });

    it("is started by a rule, or by EventBridge Scheduler where a rule could not say when", () => {
        const text = "- {name: a, rate: 1 day, command: x}\n- {name: b, cron: '0 3 * * ? *', timezone: UTC, command: x}\n";
        assert.deepEqual(batchesReport(readSchedules(text, "f.yaml", shop)).batches.map(({ startedBy }) => startedBy), ["rule", "scheduler"]);
    });
});

const bad: readonly (readonly [what: string, text: string, ...problems: string[]])[] = [
    ["is empty", "", `- schedules.yaml:1: the file is empty; write a list of batches, such as ${example}, or [] for none`],
    ["has comments only", "# later\n---\n", `- schedules.yaml:1: the file is empty; write a list of batches, such as ${example}, or [] for none`],
    ["is a map", "batches: []\n", `- schedules.yaml:1: a list of batches is expected, such as ${example}`],
    ["is a word", "\nnightly\n", `- schedules.yaml:2: got "nightly"; a list of batches is expected, such as ${example}`],
    ["is not YAML", "- {name: a\n", "- schedules.yaml:2: not valid YAML: flow map in block collection must be sufficiently indented and end with a }"],
    ["has a word for a batch", "- nightly\n", '- schedules.yaml:1 [0]: got "nightly"; a batch is a map with name, command and one of cron, rate, at'],
    [
        "has an empty batch",
        "- {}\n",
        "- schedules.yaml:1 [0].name: missing; a batch's name is up to 48 letters and digits, with single hyphens or underscores between them",
        "- schedules.yaml:1 [0]: it says nowhere when it runs; add one of cron, rate, at",
        `- schedules.yaml:1 [0].command: missing; ${wanted}`,
    ],
    [
        "says twice when a batch runs",
        "- {name: a, cron: 0 3 * * ? *, rate: 1 day, command: x}\n",
        "a schedules.yaml:1 [0]: it says cron and rate, and a batch runs at one of them; keep one",
    ],
    [
        "has an unknown key",
        "- {name: a, rate: 1 day, command: x, tiemout: 5m}\n",
        'a schedules.yaml:1 [0].tiemout: got "5m"; unknown key; did you mean "timeout"? allowed: name, cron, rate, at, command, service, timezone, enabled, timeout, overlap',
    ],
    [
        "has one name twice",
        "- {name: a, rate: 1 day, command: x}\n- rate: 1 day\n  command: x\n  name: a\n",
        'a schedules.yaml:4 [1].name: got "a"; the batch in line 1 has this name as well; give one of them another',
    ],
    [
        "has a bad name",
        "- {name: nightly totals, rate: 1 day, command: x}\n",
        'nightly totals schedules.yaml:1 [0].name: got "nightly totals"; a batch\'s name is up to 48 letters and digits, with single hyphens or underscores between them',
    ],
    [
        "names a service that is not there",
        "- {name: a, rate: 1 day, command: x, service: wroker}\n",
        'a schedules.yaml:1 [0].service: got "wroker"; no service of this name has tasks on AWS; did you mean "worker"? allowed: web, worker',
    ],
    [
        "names services that have no tasks",
        ["db", "proxy", "debug"].map((name) => `- {name: ${name}, rate: 1 day, command: x, service: ${name}}\n`).join(""),
        ...["db", "proxy", "debug"].map(
            (name, index) => `${name} schedules.yaml:${index + 1} [${index}].service: got "${name}"; no service of this name has tasks on AWS; allowed: web, worker`,
        ),
    ],
    [
        "has wrong values",
        "- name: a\n  rate: 1 day\n  command: x\n  enabled: maybe\n  timeout: 90\n  overlap: wait\n- name: b\n  rate: 1 day\n  command: x\n  timeout: 2d1s\n",
        'a schedules.yaml:4 [0].enabled: got "maybe"; either true or false is expected',
        'a schedules.yaml:6 [0].overlap: got "wait"; allowed: allow, skip',
        'b schedules.yaml:10 [1].timeout: got "2d1s"; a duration is numbers with units h, m, s or ms, such as 1m30s; whole seconds from 1s to 86400s are expected',
    ],
    [
        "has a wrong expression and a wrong time zone",
        "- name: a\n  cron: 60 3 * * ? *\n  timezone: Berlin\n  command: x\n",
        'a schedules.yaml:2 [0].cron: got "60 3 * * ? *"; column 1: "60" is not a minute; minutes go from 0 to 59',
        'a schedules.yaml:3 [0].timezone: got "Berlin"; a time zone of the IANA database is expected, such as Europe/Berlin',
    ],
    ["has an expression that is no text", "- {name: a, cron: 5, command: x}\n", 'a schedules.yaml:1 [0].cron: got "5"; six fields are expected, such as "0 3 * * ? *"'],
    [
        "has an expression without the quotes that it needs",
        "- name: a\n  cron: */5 * * * ? *\n  command: x\n- {name: b, rate: 1 days, command: x}\n",
        '- schedules.yaml:2 cron: got "*/5 * * * ? *"; YAML takes a value that begins with * for an alias; put it in quotes: "*/5 * * * ? *"',
        'b schedules.yaml:4 [1].rate: got "1 days"; column 3: EventBridge wants the singular after 1; write 1 day',
    ],
    ["has commands of which nothing is left", '- {name: a, rate: 1 day, command: ""}\n- {name: b, rate: 1 day, command: []}\n', `a schedules.yaml:1 [0].command: ${wanted}`, `b schedules.yaml:2 [1].command: ${wanted}`],
    ["has a map for a command and for a word", "- {name: a, rate: 1 day, command: {b: c}}\n- {name: b, rate: 1 day, command: [x, {y: z}]}\n", `a schedules.yaml:1 [0].command: ${wanted}`, "b schedules.yaml:2 [1].command[1]: a word is expected"],
    [
        "has a command that needs a shell",
        "- {name: a, rate: 1 day, command: a && b}\n",
        'a schedules.yaml:1 [0].command: it is split into words as Compose does it: Compose runs no shell and drops everything from & on: write ["sh", "-c", "…"], or put it in quotes',
    ],
    [
        "has a command that clears the environment",
        "- {name: a, rate: 1 day, command: su - app -c work}\n",
        'a schedules.yaml:1 [0].command: got "su -"; su - clears the environment, so what it starts has no AWS credentials and no region; leave out the login option, or say user in the Compose file instead of su',
    ],
    [
        "has a time zone for a rate",
        "- {name: a, rate: 1 day, timezone: Europe/Berlin, command: x}\n",
        'a schedules.yaml:1 [0].timezone: got "Europe/Berlin"; a rate counts from the moment it is deployed, which no time zone changes; remove timezone, or write cron',
    ],
];

describe("a batch whose time is over", () => {
    const said = (lines: string): readonly string[] => readSchedules(lines, "f", shop, new Date("2026-11-22T12:00:00Z")).problems.map((problem) => formatProblem(problem).trim());
    const over = (last: string): string => `its last time, ${last}, is over, so it never runs; remove the batch, or write a time to come`;

    it("is a warning, since a batch that has run must not stop a deployment", () => {
        assert.deepEqual(said('- {name: a, cron: "0 0 1 1 ? 2020", command: x}\n- {name: b, at: 2026-11-22T11:59:59, command: x}\n- {name: c, cron: "0 0 ? 11 SAT 2025,2026", command: x}\n'), [
            `warning: f:1 [0].cron: got "0 0 1 1 ? 2020"; ${over("2020-01-01T00:00:00")}`,
            `warning: f:2 [1].at: got "2026-11-22T11:59:59"; ${over("2026-11-22T11:59:59")}`,
        ]);
    });

    it("is over in its own time zone", () => {
        assert.deepEqual(said("- {name: a, at: 2026-11-22T12:30:00, command: x}\n- {name: b, at: 2026-11-22T12:30:00, timezone: Europe/Berlin, command: x}\n- {name: c, at: 2026-11-22T11:30:00, timezone: America/New_York, command: x}\n"), [
            `warning: f:2 [1].at: got "2026-11-22T12:30:00"; ${over("2026-11-22T12:30:00")}`,
        ]);
    });

    it("is nobody's concern where the time is not known", () => {
        assert.deepEqual(read("- {name: b, at: 2001-01-01T00:00:00, command: x}\n").problems, []);
    });
});

describe("a schedules file is refused when it", () => {
    it("has a longer expression than AWS takes", () => {
        const cron = (characters: number): string => `0${",0".repeat((characters - 17) / 2)} 3 * * ? *`;
        const [most, more] = [cron(255), cron(257)];
        assert.deepEqual([`cron(${most})`.length, `cron(${more})`.length], [255, 257]);
        assert.deepEqual(read(`- {name: a, cron: "${most}", command: x}\n- {name: b, cron: "${more}", command: x}\n- {name: c, rate: "${"1".repeat(300)} days", command: x}\n`).problems, [
            `b schedules.yaml:2 [1].cron: got "${more.slice(0, 80)}…"; AWS takes at most 256 characters, and with cron( ) around it has 257; write ranges and steps, such as 0-29/5, or several batches`,
            `c schedules.yaml:3 [2].rate: got "${"1".repeat(80)}…"; AWS takes at most 256 characters, and with rate( ) around it has 311`,
        ]);
    });

    it("has an alias that stands inside what it names, once", () => {
        assert.deepEqual(read("- &a\n  name: a\n  cron: *a\n  command: x\n").problems, [
            "- schedules.yaml:3 [0].cron: the alias *a stands inside what it names",
            'a schedules.yaml:3 [0].cron: six fields are expected, such as "0 3 * * ? *"',
        ]);
    });

    it("is not, where an expression is an alias", () => {
        const { batches, problems } = read('- name: a\n  cron: &nightly "0 3 * * ? *"\n  command: x\n- name: b\n  cron: *nightly\n  command: x\n');
        assert.deepEqual([batches.length, problems], [2, []]);
    });

    for (const [what, text, ...problems] of bad) {
        it(what, () => assert.deepEqual(read(text).problems.map((problem) => problem.replace(" warning:", "")), problems));
    }

    it("has a batch with an error, which is left out, and the others are not", () => {
        const { batches } = read("- {name: a, rate: 1 days, command: x}\n- {name: b, rate: 1 day, command: x}\n- {name: b, rate: 2 days, command: y}\n");
        assert.deepEqual(batches, [{ name: "b", expression: "rate(1 day)", ...plain, command: ["x"] }]);
    });

    it("is any text at all, and then has a reason and a line for each problem", () => {
        const piece = fc.constantFrom("- ", "name: ", "cron: ", "* ", "? ", "\n", "  ", "{", "}", "[", "]", "a", "rate: 1 day", ",", "&a ", "*a ", "<<: ", "'", "__proto__: ", "command: x", "\0");
        fc.assert(
            fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
                const { batches, problems } = readSchedules(pieces.join(""), "f", shop);
                assert.ok(batches.length > 0 || problems.length > 0 || /\[\s*,?\s*\]/.test(pieces.join("")), pieces.join(""));
                for (const { line, message } of problems) assert.ok(line !== undefined && message !== "");
            }),
            { numRuns: 1000 },
        );
    });
});
