import assert from "node:assert/strict";
import { mergeNodes, settled } from "../../../model/compose/merge";
import { childOf, toPlain } from "../../../model/compose/tree";
import { readYaml } from "../../../model/compose/yaml";
import { Findings } from "../../../model/findings";

/** A key of a service in a base, what comes on top of it, and what it is then. */
const merges: readonly (readonly [base: string, over: string, merged: unknown])[] = [
    ["user: a", "user: b", { user: "b" }],
    ["user: a", "user: null", { user: "a" }],
    ["user: a", "user: !reset null", {}],
    ["x-a: {b: 1, c: {d: 1}}", "x-a: {c: {e: 2}, f: 2}", { "x-a": { b: 1, c: { d: 1, e: 2 }, f: 2 } }],
    ["x-a: {b: 1, c: 1}", "x-a: !override {c: 2}", { "x-a": { c: 2 } }],
    ["ports: [a, b]", "ports: [b, c]", { ports: ["a", "b", "c"] }],
    ["ports: [a]", "ports: !override [b]", { ports: ["b"] }],
    ["command: [a]", "command: b c", { command: "b c" }],
    ["entrypoint: [a]", "entrypoint: null", { entrypoint: null }],
    ["healthcheck: {test: [a], retries: 1}", "healthcheck: {test: [b]}", { healthcheck: { test: ["b"], retries: 1 } }],
    ["environment: {A: 1, B: 1}", "environment: [B=2, C]", { environment: ["A=1", "B=2", "C"] }],
    ["environment: [A=1, B]", "environment: {B: 2, A: !reset null}", { environment: ["B=2"] }],
    ["labels: [a=1]", "labels: {b: [1, 2]}", { labels: ["a=1", "b=2"] }],
    ["env_file: a.env", "env_file: [b.env, a.env]", { env_file: ["a.env", "b.env"] }],
    ["extra_hosts: {a: b}", "extra_hosts: [c=d]", { extra_hosts: ["a=b", "c=d"] }],
    ["depends_on: [a, b]", "depends_on: {b: {condition: service_healthy}}", { depends_on: { a: { condition: "service_started" }, b: { condition: "service_healthy" } } }],
    ["networks: [a]", "networks: {b: {aliases: [c]}}", { networks: { a: null, b: { aliases: ["c"] } } }],
    ["build: a", "build: {args: {A: 1}}", { build: { context: "a", args: { A: 1 } } }],
    ["build: {args: [A=1]}", "build: {args: {A: 2}, context: c}", { build: { context: "c", args: ["A=2"] } }],
    ["logging: {driver: a, options: {b: 1}}", "logging: {options: {c: 1}}", { logging: { driver: "a", options: { b: 1, c: 1 } } }],
    ["logging: {driver: a, options: {b: 1}}", "logging: {driver: c}", { logging: { driver: "c" } }],
    ["ulimits: {nofile: 1, nproc: {soft: 1}}", "ulimits: {nofile: {soft: 2}, nproc: {hard: 2}}", { ulimits: { nofile: { soft: 2 }, nproc: { soft: 1, hard: 2 } } }],
];

describe("merging", () => {
    for (const [base, over, merged] of merges) {
        it(`${base} with ${over} gives ${JSON.stringify(merged)}`, () => {
            const findings = new Findings();
            const [below, above] = [base, over].map((text) => readYaml(`services: {web: {${text}}}`, "f.yaml", findings)[0]!);
            const services = childOf(settled(mergeNodes(below!, above!, findings)), "services");
            assert.deepEqual([toPlain(childOf(services!, "web")!), findings.problems], [merged, []]);
        });
    }
});
