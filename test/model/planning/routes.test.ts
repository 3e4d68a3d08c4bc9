import assert from "node:assert/strict";
import { branchId } from "../../../model/names";
import { readCompose } from "../../../model/compose/compose";
import { planEnvironment } from "../../../model/plan";
import { parseSettings } from "../../../model/settings";
import { plan } from "./planned";

const slow = { path: "/", interval: 30, timeout: 5, healthy: 5, unhealthy: 2, matcher: "200-399" };
const quick = { path: "/", interval: 5, timeout: 2, healthy: 2, unhealthy: 2, matcher: "200-399" };

describe("the route of a web service", () => {
    it("has the patience of its kind", () => {
        const timing = (kind: "production" | "staging" | "dev" | "branch"): unknown => {
            const { health, deregistrationDelay } = plan("web: {build: ., ports: [80]}", kind).service("web").route!;
            return [health, deregistrationDelay];
        };
        assert.deepEqual((["production", "staging", "dev", "branch"] as const).map(timing), [
            [slow, 30],
            [slow, 30],
            [quick, 5],
            [quick, 5],
        ]);
    });

    it("has what the service says in every kind", () => {
        const yaml =
            "web: {build: ., ports: [80], x-understudy: {health: {path: /up, interval: 20s, timeout: 4s, healthy: 3, unhealthy: 4, matcher: '204'}, deregistrationDelay: 0}}";
        for (const kind of ["production", "branch"] as const) {
            const { health, deregistrationDelay } = plan(yaml, kind).service("web").route!;
            assert.deepEqual(
                [health, deregistrationDelay],
                [{ path: "/up", interval: 20, timeout: 4, healthy: 3, unhealthy: 4, matcher: "204" }, 0],
            );
        }
    });

    it("waits less than its interval where only that is given", () => {
        assert.equal(plan("web: {build: ., ports: [80], x-understudy: {health: {interval: 5s}}}").service("web").route?.health.timeout, 4);
    });

    it("fails when the timeout is not below the interval", () => {
        assert.deepEqual(
            plan("web:\n  build: .\n  ports: [80]\n  x-understudy:\n    health:\n      interval: 10s\n      timeout: 10s\n").problems,
            ['8 services.web.x-understudy.health.timeout: got "10s"; the timeout, 10s, must be below the interval, 10s'],
        );
        assert.deepEqual(plan("web: {build: ., ports: [80], x-understudy: {health: {timeout: 6s}}}", "branch").problems, [
            '2 services.web.x-understudy.health.timeout: got "6s"; the timeout, 6s, must be below the interval, 5s',
        ]);
    });

    it("goes to the port that is named, or to the only one", () => {
        const port = (yaml: string): unknown => plan(`web: {build: ., ${yaml}}`).service("web").route?.port;
        assert.deepEqual(
            [
                "ports: [80]",
                "ports: [80, 81], x-understudy: {port: 81}",
                "expose: [80], x-understudy: {role: web}",
                "ports: [80], expose: [81]",
                "ports: [80, 53/udp]",
                "x-understudy: {role: web, port: 3000}",
            ].map(port),
            [80, 81, 80, 80, 80, 3000],
        );
    });

    it("opens its port also when the Compose file does not", () => {
        assert.deepEqual(plan("web: {build: ., x-understudy: {role: web, port: 3000}}").container("web").ports, [
            { containerPort: 3000, protocol: "tcp" },
        ]);
    });

    it("fails without one port for its requests", () => {
        assert.deepEqual(plan("a: {build: ., ports: [80, 81]}\n").problems, [
            "2 services.a.ports: a web service needs one container port for its requests and there are 80, 81; name it under x-understudy.port",
        ]);
        assert.deepEqual(plan("a: {build: ., x-understudy: {role: web}}").problems, [
            "2 services.a.ports: a web service needs one container port for its requests and there is none; name it under x-understudy.port",
        ]);
        assert.deepEqual(plan("a: {build: ., ports: [80], x-understudy: {port: 3000}}").problems, [
            `2 services.a.x-understudy.port: got "3000"; the container's ports are 80`,
        ]);
        const odd = Array.from({ length: 20 }, (_, index) => 101 + 2 * index);
        assert.deepEqual(plan(`a: {build: ., ports: ["1-90", ${odd.join(", ")}]}\n`).problems, [
            "2 services.a.ports: a web service needs one container port for its requests and there are 1-90, 101, 103, 105, 107, 109, 111, 113, 115, 117 and 11 more; name it under x-understudy.port",
        ]);
    });

    it("fails on no port where some could not be read", () => {
        const settings = parseSettings({ "understudy:app": "shop", "understudy:kind": "staging", "understudy:account": "222222222222", "understudy:region": "eu-west-1", "understudy:zone": "example.com" }, "settings").settings!;
        for (const more of ["", "\n    x-understudy: {port: 3000}"]) {
            const { application } = readCompose(`services:\n  a:\n    image: x:1\n    ports: [80, eighty]\n    expose: [x]${more}`, "compose.yaml", {});
            assert.deepEqual(planEnvironment(application, settings).problems, []);
        }
    });
});

describe("hosts", () => {
    const two = "web: {build: ., ports: [80], x-understudy: {main: true}}\nadmin: {build: ., ports: [80]}";
    const hosts = (yaml: string, kind?: "branch"): unknown =>
        plan(yaml, kind).environment.services.map(({ name, route }) => [name, route?.main, route?.hosts]);

    it("of a base are www for the main service and the service's name for others, unless it says another", () => {
        assert.deepEqual(hosts(two), [
            ["admin", false, ["admin.staging.example.com"]],
            ["web", true, ["www.staging.example.com"]],
        ]);
        assert.deepEqual(hosts("web: {build: ., ports: [80], x-understudy: {host: shop}}"), [["web", true, ["shop.staging.example.com"]]]);
    });

    it("of a branch are its id, whatever the base's are", () => {
        const id = branchId("feature/search");
        assert.deepEqual(hosts(two.replace("main: true", "main: true, host: shop"), "branch"), [
            ["admin", false, [`admin--${id}.staging.example.com`]],
            ["web", true, [`${id}.staging.example.com`]],
        ]);
    });

    it("fail when two services have the same one, in the base where they meet", () => {
        const yaml = "web: {build: ., ports: [80], x-understudy: {main: true}}\nadmin: {build: ., ports: [80], x-understudy: {host: www}}";
        assert.deepEqual(plan(yaml).problems, [
            '2 services.web.x-understudy.host: got "www.staging.example.com"; service admin has the same host; give one of them another under x-understudy.host',
        ]);
        assert.deepEqual(plan(yaml, "branch").problems, []);
    });

    it("fail when they could be a branch's", () => {
        assert.deepEqual(plan("web: {build: ., ports: [80], x-understudy: {host: shop-0123abcd}}").problems, [
            '2 services.web.x-understudy.host: got "shop-0123abcd"; hosts that end with eight hexadecimal digits are kept for branches; choose another under x-understudy.host',
        ]);
    });

    it("fail without exactly one main service", () => {
        assert.deepEqual(plan("a: {build: ., ports: [80]}\nb: {build: ., ports: [80]}").problems, [
            "2 services.a: there are several web services (a, b); exactly one says main: true under x-understudy",
        ]);
        assert.deepEqual(
            plan("a: {build: ., ports: [80], x-understudy: {main: true}}\nb: {build: ., ports: [80], x-understudy: {main: true}}").problems,
            ["3 services.b.x-understudy.main: only one web service has the environment's own host, and a, b all want it"],
        );
    });

    it("are not needed where nothing is opened", () =>
        assert.deepEqual([plan("a: {build: .}").problems, plan("a: {build: .}").service("a").route], [[], undefined]));
});
