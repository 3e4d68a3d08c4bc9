import fc from "fast-check";
import { stringify } from "yaml";

/** The variables with which generated files and those of the corpus are read. */
export const variables = { TAG: "1.4", PORT: "8080", EMPTY: "", PASSTHROUGH: "passed" };

const text = fc.oneof(
    fc.constantFrom("a", "b c", "$TAG", "${TAG}-x", "${NO:-d}", "${EMPTY:+x}y", "$$x", "0755", "true", "1.10", "ä", "'q'", "a=b", "~", "2024-01-01"),
    fc.string({ maxLength: 8 }).map((any) => any.replace(/[$\0-\x1f]/g, "")),
);
const scalar = fc.oneof(text, fc.integer({ min: -9, max: 99999 }), fc.boolean(), fc.constantFrom(1.5, 0.25, 1e6, 12.75));
const name = fc.constantFrom("A", "B", "C_1", "lower");
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq: 1 });

const environment = fc.oneof(
    fc.dictionary(name, fc.oneof(scalar, fc.constant(null))),
    fc.array(fc.oneof(fc.tuple(name, text).map((pair) => pair.join("=")), name), { maxLength: 4 }),
);
const port = fc.integer({ min: 1, max: 99 });
const ports = fc.array(
    fc.oneof(
        port,
        port.map(String),
        fc.tuple(port, port).map((pair) => pair.join(":")),
        fc.tuple(port, fc.constantFrom("tcp", "udp")).map(([number, protocol]) => `127.0.0.1:${number}:${number}/${protocol}`),
        port.map((first) => `${first}-${first + 2}:${first + 100}-${first + 102}`),
        fc.record({ target: port, published: fc.oneof(port, port.map(String)), host_ip: fc.constantFrom("127.0.0.1", "::1") }, { requiredKeys: ["target"] }),
    ),
    { maxLength: 3 },
);
const word = fc.stringMatching(/^[a-z-]{1,5}$/);
const words = fc.array(fc.oneof(word, fc.constantFrom("$TAG", "$$HOME")), { maxLength: 4 });
const command = fc.oneof(words, words.map((all) => all.join(" ")), fc.constantFrom("sh -c 'a b'", 'x "y z" w', "a\\ b"));
const duration = fc.constantFrom("5s", "10s", "1m30s", "60s");
const healthcheck = fc.oneof(
    fc.record(
        {
            test: fc.oneof(word, fc.tuple(fc.constant("CMD"), word), fc.tuple(fc.constant("CMD-SHELL"), word), fc.constant(["NONE"])),
            interval: duration,
            timeout: duration,
            retries: fc.integer({ min: 1, max: 9 }),
            start_period: duration,
        },
        { requiredKeys: ["test"] },
    ),
    fc.constant({ disable: true }),
);

const base = fc.record({
    image: fc.constantFrom("x", "shop/web:$TAG", "registry.example.com:5000/a/b:1"),
    command: optional(command),
    entrypoint: optional(command),
    environment: optional(environment),
    env_file: optional(fc.constantFrom("a.env", ["a.env"], [{ path: "b.env" }, "a.env"], [{ path: "no.env", required: false }])),
    ports: optional(ports),
    expose: optional(fc.array(fc.oneof(port, port.map(String)), { maxLength: 3 })),
    healthcheck: optional(healthcheck),
    profiles: optional(fc.array(word, { maxLength: 2 })),
    cpus: optional(fc.constantFrom(0.5, "1.5", 2, "${CPUS:-0.25}")),
    mem_limit: optional(fc.constantFrom("64m", "1.5gb", "512M", 1048576)),
    stop_grace_period: optional(fc.constantFrom("10s", "1m", "90s")),
    deploy: optional(fc.record({ replicas: fc.integer({ min: 0, max: 9 }) })),
    user: optional(fc.constantFrom("app", "${NO:-1000}", "1000:1000")),
    working_dir: optional(fc.constantFrom("/srv", "/$TAG")),
});

const dependencies = (names: readonly string[]): fc.Arbitrary<object> =>
    fc.oneof(
        fc.subarray([...names]),
        fc.dictionary(fc.constantFrom(...names), fc.record({ condition: fc.constantFrom("service_started", "service_completed_successfully") })),
    );

const services = fc
    .record({ one: base, two: base, three: base, change: base })
    .chain(({ one, two, three, change }) =>
        fc.tuple(dependencies(["one"]), dependencies(["one", "two"]), fc.constantFrom("one", { service: "two" }, { service: "core", file: "other.yaml" })).map(
            ([first, second, extended]) => ({
                files: { one, two: { ...two, depends_on: first }, three: { ...three, depends_on: second, extends: extended } },
                change: { services: { one: change } },
            }),
        ),
    );

/** A folder, as texts by file name: services that extend each other and another file's, and sometimes a second document on top. */
export const generatedFolder: fc.Arbitrary<Readonly<Record<string, string>>> = fc
    .tuple(services, base, fc.boolean(), fc.array(fc.tuple(name, text), { maxLength: 4 }))
    .map(([{ files, change }, core, changed, pairs]) => ({
        "compose.yaml": [stringify({ services: files }), ...(changed ? [stringify(change)] : [])].join("---\n"),
        "other.yaml": stringify({ services: { core } }),
        "a.env": pairs.map(([key, value]) => `${key}="${value.replace(/["\\]/g, "")}"\n`).join(""),
        "b.env": pairs.map(([key, value]) => `${key}2=${value.replace(/["'\\]/g, "")}\n`).join(""),
    }));

/** Texts around variables, most of them broken. */
export const template: fc.Arbitrary<string> = fc
    .array(
        fc.constantFrom("$", "{", "}", "}", "${", "${TAG", "${NO", "${EMPTY", ":-", "-", ":?", "?", ":+", "+", "A", "TAG", "$$", "\n", " ", "x", "ä", ":"),
        { maxLength: 14 },
    )
    .map((parts) => parts.join(""));

/** Files of variables, many of them broken. */
export const dotEnv: fc.Arbitrary<string> = fc
    .array(
        fc.constantFrom("A", "B1", "=", "=", "=", "\n", "\n", "\r\n", '"', "'", "\\", "\\n", '\\"', "\\'", "#", " #", " ", "\t", "export ", "export", "$TAG", "${NO:-d}", "$$", "\\$A", "\\0101", "\\012", "\\0", ":", ".", "[", "ä", "x y", "\u00a0", "\ufeff", "\v", "\\c", "\\\\"),
        { maxLength: 14 },
    )
    .map((parts) => `${parts.join("")}\n`);
