import assert from "node:assert/strict";
import { read, readOne } from "./reading";

describe("environment", () => {
    it("is a map; its values are the texts that docker compose passes", () => {
        const { service, problems } = readOne(
            'image: x\nenvironment: {A: text, B: 1.10, C: true, D: "", E: 12345678901234567890, F: 0x1f, G: yes, H: 1e3, I: "010", J: 010}',
        );
        const changed = "without quotes this is no text, and Docker Compose passes it in another form than it is written; put it in quotes";
        assert.deepEqual(
            problems,
            ["B", "F", "H", "J"].map((name) => `warning: 4 services.web.environment.${name}: ${changed}`),
        );
        assert.deepEqual(service.environment, {
            A: "text",
            B: "1.1",
            C: "true",
            D: "",
            E: "12345678901234567890",
            F: "31",
            G: "yes",
            H: "1000",
            I: "010",
            J: "8",
        });
    });

    it("is a list of NAME=value", () => {
        const { service, problems } = readOne("image: x\nenvironment: [A=1, B=, C=a=b, D]", { D: "given" });
        assert.deepEqual([service.environment, problems], [{ A: "1", B: "", C: "a=b", D: "given" }, []]);
    });

    it("takes a value that is not there from the variables, or leaves the variable out and says so", () => {
        const { service, problems } = readOne("image: x\nenvironment:\n  A:\n  B:\n", { A: "given" });
        assert.deepEqual(service.environment, { A: "given" });
        assert.deepEqual(problems, [
            'warning: 6 services.web.environment.B: the variable is left out, since B has no value here; give it one, or write B: ""',
        ]);
    });

    it("keeps the template of a value that uses another service's address", () => {
        const { services, problems } = read(
            "services:\n  api: {image: x}\n  web:\n    image: x\n    environment: {URL: 'http://${HOST_API:-api}:80', BARE: $HOST_API, OTHER: '${X:-y}', HOST_API: }\n",
        );
        assert.deepEqual(problems, []);
        assert.deepEqual(services["web"]?.environment, { URL: "http://api:80", BARE: "", OTHER: "y" });
        assert.deepEqual(services["web"].hostTemplates, { URL: "http://${HOST_API:-api}:80", BARE: "$HOST_API" });
    });

    it("keeps no template of an address that was given", () => {
        const { services } = read("services:\n  api: {image: x}\n  web: {image: x, environment: ['URL=http://${HOST_API:-api}:80']}\n", {
            HOST_API: "10.0.0.1",
        });
        assert.deepEqual([services["web"]?.environment, services["web"]?.hostTemplates], [{ URL: "http://10.0.0.1:80" }, {}]);
    });

    it("warns about an address in a command, which AWS does not fill in", () => {
        const { problems } = read(
            "services:\n  api: {image: x}\n  web:\n    image: x\n    command: run ${HOST_API:-api}\n    entrypoint: [sh, -c, $$HOST_API]\n",
        );
        assert.deepEqual(problems, [
            "warning: 5 services.web.command: HOST_API is filled in on AWS in environment values only; write $$HOST_API and let a shell in the container read it",
        ]);
    });

    for (const [yaml, problem] of [
        ["environment: text", "4 services.web.environment: a map of variables, or a list of NAME=value, is expected"],
        ["environment: {A: [secret]}", "4 services.web.environment.A: a text, a number or a boolean is expected"],
        ["environment: [{A: secret}]", "4 services.web.environment[0]: NAME=value is expected"],
        ['environment: ["A =secret"]', '4 services.web.environment[0]: got "A "; a variable needs a name without spaces around it'],
    ] as const) {
        it(`fails on ${yaml}, without showing a value`, () => assert.deepEqual(readOne(`image: x\n${yaml}`).problems, [problem]));
    }
});
