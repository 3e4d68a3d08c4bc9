import assert from "node:assert/strict";
import { readCompose } from "../../../model/compose/compose";
import { planEnvironment } from "../../../model/plan";
import { formatProblem } from "../../../model/problem";
import { parseSettings } from "../../../model/settings";

const services = "services:\n  web: {build: .}\n";

function read(extension: string): { readonly queues: unknown; readonly buckets: unknown; readonly problems: readonly string[] } {
    const { application, problems } = readCompose(`${services}x-understudy: ${extension}\n`, "compose.yaml", {});
    return { queues: application.queues, buckets: application.buckets, problems: problems.map((problem) => formatProblem(problem).trim()) };
}

/** The variables of web in staging, where the Compose file gives it these. */
function variablesOf(extension: string, environment: string): Readonly<Record<string, string>> {
    const { application } = readCompose(`services:\n  web: {build: ., environment: ${environment}}\nx-understudy: ${extension}\n`, "compose.yaml", {});
    const values = { kind: "staging", app: "shop", account: "222222222222", region: "eu-west-1", zone: "staging.example.com" };
    const { settings } = parseSettings(Object.fromEntries(Object.entries(values).map(([key, value]) => [`understudy:${key}`, value])), "settings");
    const plan = planEnvironment(application, settings!);
    assert.deepEqual(plan.problems.filter(({ severity }) => severity === "error"), []);
    return plan.environment.services[0]!.containers[0]!.environment;
}

describe("x-understudy of a Compose file", () => {
    it("declares queues and buckets by their names", () => {
        assert.deepEqual(read("{queues: [mails, orders, mails], buckets: [uploads]}"), {
            queues: [
                { name: "mails", fifo: false, maxReceives: 5 },
                { name: "orders", fifo: false, maxReceives: 5 },
            ],
            buckets: [{ name: "uploads", versioned: false }],
            problems: [],
        });
    });

    it("declares them with what is different about each", () => {
        const text = '{queues: {orders: {fifo: true, visibilityTimeout: 2m, retention: 48h, maxReceives: "3"}, mails: }, buckets: {uploads: {versioned: true, expiryDays: 30}}}';
        assert.deepEqual(read(text), {
            queues: [
                { name: "mails", fifo: false, maxReceives: 5 },
                { name: "orders", fifo: true, visibilityTimeout: 120, retention: 172_800, maxReceives: 3 },
            ],
            buckets: [{ name: "uploads", versioned: true, expiryDays: 30 }],
            problems: [],
        });
    });

    it("declares nothing where there is none", () => {
        const { application } = readCompose(services, "compose.yaml", {});
        assert.deepEqual([application.queues, application.buckets], [[], []]);
    });

    const form = "a name is 1 to 20 lower-case letters, digits and single hyphens, such as orders";
    const rows: readonly (readonly [text: string, problem: string])[] = [
        ["{queue: [a]}", 'x-understudy.queue: unknown key; did you mean "queues"? allowed: queues, buckets'],
        ["[queues]", 'x-understudy: got "[\\"queues\\"]"; a map of keys and values is expected'],
        ["{buckets: [Up_Loads]}", `x-understudy.buckets[0]: got "Up_Loads"; ${form}`],
        ["{buckets: {a--b: }}", `x-understudy.buckets.a--b: got "a--b"; ${form}`],
        ["{queues: {__proto__: {fifo: true}}}", `x-understudy.queues.__proto__: got "__proto__"; ${form}`],
        ["{queues: [orders-dead]}", 'x-understudy.queues[0]: got "orders-dead"; names that end in -dead are those of dead-letter queues; choose another'],
        [
            "{queues: {a: {visibilityTimeout: 13h}}}",
            'x-understudy.queues.a.visibilityTimeout: got "13h"; a duration is numbers with units h, m, s or ms, such as 1m30s; whole seconds from 0s to 43200s are expected',
        ],
        ["{queues: {a: {fito: true}}}", 'x-understudy.queues.a.fito: got "true"; unknown key; did you mean "fifo"? allowed: fifo, visibilityTimeout, retention, maxReceives'],
        ["{buckets: {a: [30]}}", "x-understudy.buckets.a: a map is expected; allowed keys: versioned, expiryDays"],
    ];
    for (const [text, problem] of rows) {
        it(`says what is wrong with ${text}`, () => assert.deepEqual(read(text).problems, [`compose.yaml:3 ${problem}`]));
    }

    it("keeps what is right beside what is wrong", () => {
        const { queues, buckets } = read("{queues: {A: {fifo: true}, orders: {fifo: maybe}}, buckets: [uploads]}");
        assert.deepEqual([queues, buckets], [[{ name: "orders", fifo: false, maxReceives: 5 }], [{ name: "uploads", versioned: false }]]);
    });
});

describe("the containers of an environment with queues and buckets", () => {
    const extension = "{queues: [mail-out], buckets: [uploads]}";
    const url = "https://sqs.eu-west-1.amazonaws.com/222222222222/shop_staging_mail-out";

    it("know where they are", () => {
        const { QUEUE_MAIL_OUT, BUCKET_UPLOADS } = variablesOf(extension, "{}");
        assert.equal(QUEUE_MAIL_OUT, url);
        assert.match(BUCKET_UPLOADS ?? "", /^shop--staging--uploads-[0-9a-f]{8}$/);
    });

    it("know them under other names too, with another value on a laptop", () => {
        assert.equal(variablesOf(extension, '{MAILS: "${QUEUE_MAIL_OUT:-http://localhost:9324/mails}"}')["MAILS"], url);
    });

    it("never get the laptop's", () => {
        assert.equal(variablesOf(extension, "{QUEUE_MAIL_OUT: 'http://localhost:9324/mails'}")["QUEUE_MAIL_OUT"], url);
    });
});
