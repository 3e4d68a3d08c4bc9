"use strict";

// The own images of what `understudy plan --json` has planned (file PLAN), under the names that the registry of its account has for them (tag TAG).
// Prints `compose`: a file for `docker compose` that gives each service its image; `services`: these, a line each; `images`: their full names, a
// line each; `registry` and `region`: where they belong.

const { readFileSync } = require("node:fs");

const { environment } = JSON.parse(readFileSync(process.env.PLAN, "utf8"));
const { account, region, app, services, tasks } = environment;
const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;
const containers = [...services, ...tasks].flatMap((task) => task.containers);
const own = containers.flatMap(({ name, image }) => (image.own === undefined ? [] : [[name, `${registry}/${app}/${image.own}:${process.env.TAG}`]]));

const answers = {
    compose: () => JSON.stringify({ services: Object.fromEntries(own.map(([name, image]) => [name, { image }])) }),
    services: () => [...new Set(own.map(([name]) => name))].join("\n"),
    images: () => [...new Set(own.map(([, image]) => image))].join("\n"),
    registry: () => registry,
    region: () => region,
};
console.log(answers[process.argv[2]]());
