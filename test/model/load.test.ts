import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
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

    it("has the other files that the Compose file names, and .env beside it", () => {
        write("compose.yaml", "include: [jobs.yaml]\nservices: {web: {image: 'x:$TAG', env_file: web.env}}");
        write("jobs.yaml", "services: {job: {image: x}}");
        write(".env", "TAG=2");
        write("web.env", "A=$TAG");
        const { application, problems } = loadApplication(folder, {});
        assert.deepEqual(problems, []);
        assert.deepEqual(
            application.services.map(({ name, image, environment }) => [name, image, environment]),
            [
                ["job", "x", {}],
                ["web", "x:2", { A: "2" }],
            ],
        );
    });

    it("has nothing to do with a folder that is called .env", () => {
        write("compose.yaml", "services: {web: {image: x}}");
        fs.mkdirSync(path.join(folder, ".env"));
        assert.deepEqual(loadApplication(folder, {}).problems, []);
    });

    for (const [name, content, message] of [
        ["a link that leads out", undefined, "only files of the application's own folder are read; move it there"],
        ["text that is not UTF-8", new Uint8Array([0x41, 0x3d, 0xff]), "the file is not text in UTF-8"],
    ] as const) {
        it(`fails on ${name}`, () => {
            write("compose.yaml", "services:\n  web: {image: x, env_file: web.env}");
            if (content === undefined) fs.symlinkSync("/etc/hosts", path.join(folder, "web.env"));
            else write("web.env", content);
            assert.deepEqual(loadApplication(folder, {}).problems, [
                { severity: "error", file: path.join(folder, "compose.yaml"), line: 2, service: "web", key: "services.web.env_file", value: "web.env", message },
            ]);
        });
    }

    it("fails on a Compose file that is no file", async () => {
        const server = net.createServer().listen(path.join(folder, "compose.yaml"));
        await once(server, "listening");
        try {
            failsWith("compose.yaml", "this is neither a file nor a folder");
        } finally {
            server.close();
        }
    });

    it("fails on what is no file, such as a socket, or a pipe, from which it would read for ever", async () => {
        write("compose.yaml", "services:\n  web: {image: x, env_file: web.env}");
        const server = net.createServer().listen(path.join(folder, "web.env"));
        await once(server, "listening");
        try {
            assert.deepEqual(loadApplication(folder, {}).problems.map(({ key, message }) => [key, message]), [
                ["services.web.env_file", "this is neither a file nor a folder"],
            ]);
        } finally {
            server.close();
        }
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
