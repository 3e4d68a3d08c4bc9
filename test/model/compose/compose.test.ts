import assert from "node:assert/strict";
import { read, readOne } from "./reading";

const remove = (key: string): string => `remove it, or list it under x-understudy.ignore (${key}) to run without it on AWS`;

describe("a Compose file", () => {
    for (const [text, problem] of [
        ["- a", '1: got "[\\"a\\"]"; a Compose file is a map with services'],
        ["just text", '1: got "just text"; a Compose file is a map with services'],
        ["name: shop", "1: a Compose file needs at least one service under services"],
        ["services:", "1 services: a Compose file needs at least one service under services"],
        ["services: {}", "1 services: a Compose file needs at least one service under services"],
        ["services: [a]", '1 services: got "[\\"a\\"]"; a map of keys and values is expected'],
        ["services:\n  web:", '2 services.web: got ""; a map of keys and values is expected'],
        ["services: {a b: {image: x}}", '1 services.a b: got "a b"; a service\'s name is letters, digits and . _ -'],
        ["services: {a: {image: x}}\nserivces: {}", '2 serivces: unknown key; did you mean "services"?; own keys begin with x-'],
        ["services: {a: {image: x}}\ninclude: b.yaml", '2 include: got "b.yaml"; a list is expected'],
    ] as const) {
        it(`fails on ${JSON.stringify(text)}`, () => assert.deepEqual(read(text).problems, [problem]));
    }

    it("may name itself, declare networks and volumes, and keep own keys", () => {
        assert.deepEqual(
            read("name: shop\nversion: '3'\nservices: {a: {image: x}}\nnetworks: {a: {}}\nvolumes: {b: {}}\nx-own: {c: [1]}\n").problems,
            [],
        );
    });

    it("has its services in order of their names", () => {
        assert.deepEqual(Object.keys(read("services: {b: {image: x}, a: {image: x}, B: {image: x}}").services), ["B", "a", "b"]);
    });

    it("may have services whose names look like extensions", () => {
        assert.deepEqual(
            Object.keys(read("services: {x-a: {image: x}, b: {image: x, depends_on: {x-a: {condition: service_started}}}}").services),
            ["b", "x-a"],
        );
    });

    it("is read on behind every problem", () => {
        const { services, problems } = read(
            "services:\n  a:\n    image: x\n    ports: [bad, 80]\n    user: {}\n    colour: red\n  b: {image: y}\n",
        );
        assert.deepEqual([services["a"]?.ports.length, Object.keys(services).length, problems.length], [1, 2, 3]);
    });
});

describe("the words of a command", () => {
    it("are doubtful where they are not the texts they are written as", () => {
        assert.deepEqual(readOne("image: x\ncommand: [chmod, 0755, 7, '0755']").problems, [
            "warning: 4 services.web.command[1]: without quotes this is no text, and the program gets it in another form than it is written; put it in quotes",
        ]);
    });
});

describe("keys that do not go to AWS", () => {
    it("fail with the reason and the way out", () => {
        const { problems } = readOne(
            'image: x\nprivileged: true\ndevices: ["/dev/a:/dev/a"]\nnetwork_mode: host\nextra_hosts: {a: 1.2.3.4}\nvolumes: [".:/app", "data:/data", {type: bind, source: ./a, target: /a}]',
        );
        assert.deepEqual(problems, [
            `4 services.web.privileged: got "true"; Fargate runs no privileged containers; ${remove("privileged")}`,
            `5 services.web.devices: got "[\\"/dev/a:/dev/a\\"]"; a Fargate task has no host to share; ${remove("devices")}`,
            `6 services.web.network_mode: got "host"; a Fargate task has a network interface of its own; ${remove("network_mode")}`,
            `7 services.web.extra_hosts: got "{a}"; a Fargate task gets its names from the VPC; ${remove("extra_hosts")}`,
            `8 services.web.volumes[0]: got ".:/app"; the host's path does not exist on Fargate; ${remove("volumes")}`,
            `8 services.web.volumes[1]: got "data:/data"; what a Fargate task writes is lost with it (where that is fine, write x-understudy: {ephemeral: true} under volumes.data); ${remove("volumes")}`,
            `8 services.web.volumes[2]: got "{type, source, target}"; the host's path does not exist on Fargate; ${remove("volumes")}`,
        ]);
    });

    it("pass when the service does without them, also inside other keys", () => {
        const { service, problems } = readOne(
            "image: x\nprivileged: true\nvolumes: ['.:/app']\nhealthcheck: {test: x, start_interval: 1s}\nx-understudy: {ignore: [privileged, volumes, healthcheck.start_interval]}",
        );
        assert.deepEqual([problems, service.healthCheck], [[], { command: ["CMD-SHELL", "x"] }]);
    });

    it("can be keys that would be read", () => {
        assert.equal("healthCheck" in readOne("image: x\nhealthcheck: {test: x}\nx-understudy: {ignore: [healthcheck]}").service, false);
    });

    it("warn when there is nothing to ignore", () => {
        assert.deepEqual(readOne("image: x\nx-understudy: {ignore: [volumes, deploy.mode]}").problems, [
            'warning: 4 services.web.x-understudy.ignore[0]: got "volumes"; the service has no such key to ignore',
            'warning: 4 services.web.x-understudy.ignore[1]: got "deploy.mode"; the service has no such key to ignore',
        ]);
    });

    it("fail when nobody knows them; what they hold could be secret", () => {
        assert.deepEqual(readOne("image: x\nenviroment: [PASSWORD=secret]\nprivilegd: true\nqwertz:\n").problems, [
            '4 services.web.enviroment: unknown key; did you mean "environment"?; own keys begin with x-',
            '5 services.web.privilegd: got "true"; unknown key; did you mean "privileged"?; own keys begin with x-',
            '6 services.web.qwertz: got ""; unknown key; own keys begin with x-',
        ]);
    });
});

describe("images", () => {
    it("are the application's own where they are built, named by their last part or by the service", () => {
        const { services, problems } = read(
            "services: {a: {build: .}, b: {build: ., image: 'registry.example.com:5000/shop/web:1.4'}, c: {image: 'nginx:1.27'}}",
        );
        assert.deepEqual(problems, []);
        assert.deepEqual(
            Object.values(services).map(({ name, image, ownImage }) => [name, image, ownImage]),
            [
                ["a", undefined, "a"],
                ["b", "registry.example.com:5000/shop/web:1.4", "web"],
                ["c", "nginx:1.27", undefined],
            ],
        );
    });

    it("are built in the folder that is named, from the Compose file's", () => {
        const { services, problems } = read(
            "services: {a: {build: web}, b: {build: {context: '${DIR:-api}', args: {X: $Y}}}, c: {build: {dockerfile: x}}, d: {image: x}}",
        );
        assert.deepEqual(problems, []);
        assert.deepEqual(
            Object.values(services).map(({ buildContext }) => buildContext),
            ["web", "api", ".", undefined],
        );
    });

    it("that one service builds are own images of all that name them", () => {
        const { services, problems } = read("services: {web: {build: ., image: shop/web}, worker: {image: shop/web}}");
        assert.deepEqual([services["worker"]?.ownImage, problems], ["web", []]);
    });

    it("of the same name and another reference fail", () => {
        assert.deepEqual(read("services:\n  a: {build: ., image: x/web}\n  b:\n    build: .\n    image: y/web\n").problems, [
            '5 services.b.image: got "y/web"; service a builds another image of the name web; give one of them another name',
        ]);
    });

    it("are needed", () => assert.deepEqual(read("services:\n  a: {user: b}").problems, ["2 services.a: a service needs image or build"]));

    for (const image of ["Shop/Web", "a b", "web:", "https://example.com/web"]) {
        it(`fail on ${image}`, () => {
            assert.deepEqual(readOne(`image: "${image}"`).problems, [
                `3 services.web.image: got "${image}"; an image reference is lower case, such as nginx:1.27 or registry.example.com/shop/web:1.4`,
            ]);
        });
    }
});

describe("services that wait for each other", () => {
    it("fail with the whole circle, once", () => {
        assert.deepEqual(
            read(
                "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [c]}\n  c: {image: x, depends_on: [a]}\n  d: {image: x, depends_on: [a]}",
            ).problems,
            ["2 services.a.depends_on: services wait for each other: a -> b -> c -> a"],
        );
    });

    it("fail also where one does so without depends_on", () => {
        const advice = "; links and network_mode: service:… are waited for, too";
        assert.deepEqual(read("services:\n  a: {image: x, links: [b]}\n  b: {image: x, links: ['a:c']}").problems, [
            `2 services.a.depends_on: services wait for each other: a -> b -> a${advice}`,
        ]);
        assert.deepEqual(read("services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, network_mode: 'service:a'}").problems, [
            `2 services.a.depends_on: services wait for each other: a -> b -> a${advice}`,
        ]);
    });

    it("are found quickly among many ways to the same services", () => {
        const layers = Array.from({ length: 40 }, (_, layer) =>
            [`a${layer}`, `b${layer}`].map(
                (name) => `  ${name}: {image: x, depends_on: [${layer === 0 ? "" : `a${layer - 1}, b${layer - 1}`}]}`,
            ),
        );
        assert.deepEqual(read(["services:", ...layers.flat()].join("\n")).problems, []);
    });
});
