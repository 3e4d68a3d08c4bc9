import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { understudy } from "../../automation/index";
import { hostsFinder } from "../../cli/hosts";
import { branchId } from "../../model/names";
import { staging, TemporaryProject } from "../automation/support/temporaryProject";

const compose = `services:
  admin: { image: shop, ports: ["80:80"] }
  a-name-that-is-so-long-that-it-is-shortened-with-every-branch: { image: shop, ports: ["80:80"] }
  worker: { image: shop }
  web: { image: shop, build: ., ports: ["80:80"], x-understudy: { main: true } }
`;
const files = { "Pulumi.yaml": "name: understudy\n", "Pulumi.staging.yaml": staging, "app/compose.yaml": compose };

describe("the hosts of many branches", () => {
    it("are those that the plan of each has, the main one first", async () => {
        using project = new TemporaryProject(files);
        const hostsOf = hostsFinder(project.directory, "staging");
        for (const branch of ["main", "feature/search", "x".repeat(200)]) {
            const { environment } = await understudy({ directory: project.directory }).plan({ branch });
            const planned = environment.services.flatMap(({ route }) => route?.hosts ?? []);
            assert.deepEqual([...hostsOf(branchId(branch))].sort(), [...planned].sort());
            assert.equal(hostsOf(branchId(branch))[0], `${branchId(branch)}.staging.example.com`);
        }
    });

    it("are known from then on, whatever becomes of the files", () => {
        using project = new TemporaryProject(files);
        const hostsOf = hostsFinder(project.directory, "staging");
        fs.rmSync(path.join(project.directory, "app"), { recursive: true });
        assert.equal(hostsOf("x-1a2b3c4d").length, 3);
    });

    it("fail once where the application is wrong, before any name is asked for", () => {
        using project = new TemporaryProject({ ...files, "app/compose.yaml": "services: { web: { image: shop, prots: [80] } }\n" });
        assert.throws(() => hostsFinder(project.directory, "staging"), { kind: "settings", message: /app has 1 problem$/ });
    });
});
