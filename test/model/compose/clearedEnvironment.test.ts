import assert from "node:assert/strict";
import { clearedEnvironments } from "../../../model/compose/clearedEnvironment";
import { read, readOne } from "./reading";

/** Commands, and the program that clears the environment of what it starts. */
const clearing: readonly (readonly [words: readonly string[], program: string])[] = [
    [["env", "-i", "node", "server.js"], "env -i"],
    [["/usr/bin/env", "-", "node"], "env -i"],
    [["env", "--ignore-environment", "A=b", "node"], "env -i"],
    [["sudo", "-u", "app", "node", "server.js"], "sudo"],
    [["sh", "-c", "cd /app && exec sudo node server.js"], "sudo"],
    [["su", "-", "app", "-c", "node server.js"], "su -"],
    [["su", "-l", "app"], "su -"],
    [["runuser", "--login", "app"], "runuser -"],
    [["login", "-f", "app"], "login"],
    [["cron", "-f"], "cron"],
    [["/usr/sbin/crond", "-n"], "crond"],
    [["busybox", "crond", "-f"], "crond"],
    [["tini", "--", "supervisord", "-n"], "supervisord"],
    [["bash", "-lc", "service nginx start; tail -f /dev/null"], "service"],
    [["bash", "-c", "if true; then systemctl start app\nfi"], "systemctl"],
    [["env", "A=b", "su", "-", "app"], "su -"],
    [["sh", "-c", "(LANG=C /usr/sbin/cron) | cat"], "cron"],
];

const keeping: readonly (readonly string[])[] = [
    ["env", "A=b", "node", "server.js"],
    ["env", "-u", "A", "node"],
    ["sudo", "-E", "node"],
    ["sudo", "-nE", "-u", "app", "node"],
    ["sudo", "--preserve-env=AWS_REGION", "node"],
    ["su", "app", "-c", "node server.js"],
    ["login", "-p", "-f", "app"],
    ["npm", "run", "login"],
    ["bundle", "exec", "rake", "cron"],
    ["sh", "-c", "node service cron; echo su - app"],
    ["node", "env", "-i"],
    [],
];

describe("commands that clear the environment", () => {
    for (const [words, program] of clearing) {
        it(`are found: ${JSON.stringify(words)}`, () =>
            assert.deepEqual(
                clearedEnvironments(words).map((found) => found.program),
                [program],
            ));
    }

    for (const words of keeping) it(`are not seen where there are none: ${JSON.stringify(words)}`, () => assert.deepEqual(clearedEnvironments(words), []));

    it("are doubtful, and the warning says what to do without showing the command", () => {
        const cleared = "clears the environment, so what it starts has no AWS credentials and no region";
        assert.deepEqual(readOne("image: x\nentrypoint: [sudo, -u, secret]\ncommand: sh -c 'cron && env -i PASSWORD=secret node'").problems, [
            `warning: 4 services.web.entrypoint: got "sudo"; sudo ${cleared}; write sudo -E, or name the variables with --preserve-env=…`,
            `warning: 5 services.web.command: got "cron"; cron ${cleared}; before it starts, write the variables that begin with AWS_ to /etc/environment, as docs/compose.md shows`,
            `warning: 5 services.web.command: got "env -i"; env -i ${cleared}; leave out -i, or name the variables that begin with AWS_ again`,
        ]);
    });

    it("are right where the variables are handed on", () => {
        for (const yaml of [
            'entrypoint: ["sh", "-c", "env | grep ^AWS_ >> /etc/environment && exec \\"$$@\\"", "--"]\ncommand: [cron, -f]',
            'command: ["sh", "-c", "env -i AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=\\"$$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI\\" node"]',
        ])
            assert.deepEqual(readOne(`image: x\n${yaml}`).problems, []);
    });

    it("do not matter where nothing runs on AWS", () => {
        assert.deepEqual(read("services: {db: {image: mysql, command: sudo mysqld}}").problems, []);
    });
});
