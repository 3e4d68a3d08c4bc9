import assert from "node:assert/strict";
import { type ImageConfig, readDockerfile } from "../../../local/images/dockerfile";

const empty: ImageConfig = { entrypoint: [], command: [], workingDirectory: "/", environment: {} };

const cases: readonly { name: string; text: string; expected: ImageConfig }[] = [
    { name: "nothing but a base", text: "FROM node:22", expected: empty },
    {
        name: "exec forms over several lines",
        text: 'FROM node:22\nENTRYPOINT ["tini", "--"]\nCMD ["node", \\\n  # which one\n  "ser\\"ver.mjs"]',
        expected: { ...empty, entrypoint: ["tini", "--"], command: ["node", 'ser"ver.mjs'] },
    },
    {
        name: "the shell form",
        text: "FROM node:22\nCMD node server.mjs --port=$PORT",
        expected: { ...empty, command: ["/bin/sh", "-c", "node server.mjs --port=$PORT"] },
    },
    {
        name: "single quotes, which are no JSON",
        text: "FROM node:22\nCMD ['node', 'server.mjs']",
        expected: { ...empty, command: ["/bin/sh", "-c", "['node', 'server.mjs']"] },
    },
    { name: "an empty command", text: "FROM node:22\nCMD []", expected: empty },
    { name: "the last command", text: 'FROM node:22\nCMD ["a"]\nCMD ["b"]', expected: { ...empty, command: ["b"] } },
    {
        name: "a relative working directory on an absolute one",
        text: "FROM node:22\nWORKDIR /srv\nWORKDIR shop/../web\nUSER node",
        expected: { ...empty, workingDirectory: "/srv/web", user: "node" },
    },
    {
        name: "variables with values, defaults and alternatives",
        text: [
            "ARG BASE=node:22",
            "FROM $BASE",
            'ARG DIR="srv"',
            "ARG UNSET",
            'ENV A=1 B="two words" C=${DIR}/x',
            "ENV D=${UNSET:-none} E=${DIR:+some} F=$A$B",
            "WORKDIR /$DIR",
        ].join("\n"),
        expected: {
            ...empty,
            workingDirectory: "/srv",
            environment: { A: "1", B: "two words", C: "srv/x", D: "none", E: "some", F: "1two words" },
        },
    },
    {
        name: "an earlier stage that the last one builds on",
        text: 'FROM node:22 AS Base\nENV A=1\nWORKDIR /srv\nCMD ["a"]\nFROM alpine\nENV X=1\nFROM base\nENV B=2',
        expected: { ...empty, workingDirectory: "/srv", command: ["a"], environment: { A: "1", B: "2" } },
    },
    {
        name: "an entrypoint, which drops the command of the stage below",
        text: 'FROM node:22 AS base\nCMD ["a"]\nFROM base\nENTRYPOINT ["b"]',
        expected: { ...empty, entrypoint: ["b"] },
    },
    {
        name: "an entrypoint, which leaves a command of its own stage",
        text: 'FROM node:22\nCMD ["a"]\nENTRYPOINT ["b"]',
        expected: { ...empty, entrypoint: ["b"], command: ["a"] },
    },
];

describe("readDockerfile", () => {
    for (const { name, text, expected } of cases) {
        it(`reads ${name}`, () => {
            assert.deepEqual(readDockerfile(text), expected);
        });
    }
});
