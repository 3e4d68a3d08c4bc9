import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { loadApplication } from "../../model/load";

describe("the folder of an application", () => {
    let folder: string;
    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "application-"));
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));

    const write = (name: string, content: string | Uint8Array): void => fs.writeFileSync(path.join(folder, name), content);
    const failsWith = (name: string, message: string): void => {
        const { application, problems } = loadApplication(folder, {});
        assert.deepEqual(problems, [{ severity: "error", file: path.join(folder, name), key: "", message }]);
        assert.deepEqual(application.services, []);
    };

    for (const name of ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]) {
        it(`has its Compose file under the name ${name}`, () => {
            write(name, "services: {web: {image: x, user: $WHO}}");
            const { application, problems } = loadApplication(folder, { WHO: "me" });
            assert.deepEqual([application.file, application.services[0]?.user, problems], [path.join(folder, name), "me", []]);
        });
    }

    it("has the first of several, as for docker compose", () => {
        write("docker-compose.yml", "services: {old: {image: x}}");
        write("compose.yaml", "services: {new: {image: x}}");
        assert.deepEqual(
            loadApplication(folder, {}).application.services.map(({ name }) => name),
            ["new"],
        );
    });

    it("may begin with a byte order mark", () => {
        write("compose.yaml", "\ufeffservices: {web: {image: x}}");
        assert.deepEqual(loadApplication(folder, {}).problems, []);
    });

    it("fails without one", () =>
        failsWith("compose.yaml", "no Compose file here; looked for compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml"));

    it("fails on a folder of that name", () => {
        fs.mkdirSync(path.join(folder, "compose.yaml"));
        failsWith("compose.yaml", "the file cannot be read: it is a folder");
    });

    it("fails on a binary file", () => {
        write("compose.yaml", new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]));
        failsWith("compose.yaml", "the file is not text in UTF-8");
    });

    it("fails on control characters", () => {
        write("compose.yaml", "services:\u0000\u0001");
        assert.equal(loadApplication(folder, {}).problems.length > 0, true);
    });

    it("fails on an empty file", () => {
        write("compose.yaml", "");
        assert.deepEqual(loadApplication(folder, {}).problems, [
            {
                severity: "error",
                file: path.join(folder, "compose.yaml"),
                line: 1,
                key: "",
                message: "the file is empty; it needs at least one service under services",
            },
        ]);
    });
});
