import assert from "node:assert/strict";
import { plan, type Planned } from "./planned";

const services = `
web: {build: ., image: shop, ports: [80], environment: {API_URL: "http://api:8080", BACK: "http://proxy:1"}, depends_on: [api], x-understudy: {main: true}}
proxy: {image: nginx, x-understudy: {role: sidecar, of: web}}
admin: {build: ., image: shop, ports: [81]}
api: {build: ., expose: [8080], environment: {HOST: "\${HOST_WEB:-web}"}}
worker: {build: ., image: shop}
migrate: {build: ., x-understudy: {role: task}}
db: {image: redis}`;
const storeWarning = /store runs on a laptop only/;

/** A branch that runs these services alone. */
function branch(only: readonly string[], more = services, declared = ""): Planned {
    const { problems, ...planned } = plan(more, "branch", { only }, declared);
    return { ...planned, problems: problems.filter((problem) => !storeWarning.test(problem)) };
}

describe("a branch that runs some services only", () => {
    it("runs them with their sidecars, and leaves the others to its base, tasks on demand as well", () => {
        const { environment, problems } = branch(["web"]);
        assert.deepEqual(
            [environment.services.map(({ name, containers }) => [name, containers.map((container) => container.name)]), environment.tasks, environment.borrowed],
            [[["web", ["web", "proxy"]]], [], ["admin", "api", "worker"]],
        );
        assert.deepEqual(environment.images, [{ name: "shop", services: ["web"] }]);
        assert.deepEqual(problems, []);
    });

    it("finds the others in its base, by variable and in URLs, and its own where they are", () => {
        const { environment, container } = branch(["web", "worker"]);
        const { HOST_API, HOST_WORKER, HOST_ADMIN, HOST_PROXY, API_URL, BACK } = container("web").environment;
        assert.deepEqual(
            { HOST_API, HOST_WORKER, HOST_ADMIN, HOST_PROXY, API_URL, BACK },
            {
                HOST_API: "api.staging.internal",
                HOST_WORKER: "worker--feature-search-38e7a3a2.staging.internal",
                HOST_ADMIN: "admin.staging.internal",
                HOST_PROXY: "127.0.0.1",
                API_URL: "http://api.staging.internal:8080",
                BACK: "http://127.0.0.1:1",
            },
        );
        assert.deepEqual(environment.rewrites, [
            { service: "web", variable: "API_URL", from: "api", to: "api.staging.internal" },
            { service: "web", variable: "BACK", from: "proxy", to: "127.0.0.1" },
        ]);
        assert.deepEqual(Object.keys(container("worker").environment).filter((name) => name.startsWith("HOST_")).toSorted(), [
            "HOST_ADMIN",
            "HOST_API",
            "HOST_PROXY",
            "HOST_WEB",
            "HOST_WORKER",
        ]);
        assert.equal(container("worker").environment.HOST_PROXY, "web--feature-search-38e7a3a2.staging.internal");
    });

    it("finds a sidecar of a service that is left out at that service's address in the base", () => {
        const { HOST_PROXY, HOST } = branch(["api"]).container("api").environment;
        assert.deepEqual({ HOST_PROXY, HOST }, { HOST_PROXY: "web.staging.internal", HOST: "web.staging.internal" });
    });

    it("is what it was when it names all, or none", () => {
        const all = JSON.stringify(plan(services, "branch").environment);
        assert.equal(JSON.stringify(branch([]).environment), all);
        assert.equal(JSON.stringify(branch(["web", "admin", "api", "worker", "migrate"]).environment), all);
    });

    it("keeps the addresses of its pages, whichever of them it runs", () => {
        const hosts = (only: readonly string[]): unknown => branch(only).environment.services.flatMap(({ route }) => route?.hosts ?? []);
        assert.deepEqual([hosts(["web"]), hosts(["admin"])], [["feature-search-38e7a3a2.staging.example.com"], ["admin--feature-search-38e7a3a2.staging.example.com"]]);
    });

    for (const { what, only, problem } of [
        {
            what: "a name that no service has",
            only: ["wbe"],
            problem: 'Pulumi.staging.yaml understudy:only: got "wbe"; no service of this name has tasks on AWS; did you mean "web"? allowed: admin, api, migrate, web, worker',
        },
        {
            what: "a store",
            only: ["db", "web"],
            problem: 'Pulumi.staging.yaml understudy:only: got "db"; no service of this name has tasks on AWS; allowed: admin, api, migrate, web, worker',
        },
        {
            what: "a sidecar",
            only: ["proxy", "web"],
            problem: 'Pulumi.staging.yaml understudy:only: got "proxy"; it is a sidecar and runs wherever web does; name that one',
        },
    ]) {
        it(`fails on ${what}`, () => assert.ok(branch(only).problems.includes(problem), branch(only).problems.join("\n")));
    }

    it("warns where its own address leads to nothing", () => {
        assert.deepEqual(branch(["admin"]).problems, [
            "warning: Pulumi.staging.yaml understudy:only: nothing answers at the branch's own address without web, the main service; add it if people are to open the branch",
        ]);
    });

    describe("and has queues", () => {
        const queue = "x-understudy: {queues: {orders: {}}}";
        const left = (who: string): string =>
            `warning: Pulumi.staging.yaml understudy:only: the branch has a queue orders of its own, and ${who} left out: add what takes its messages, or they stay there`;

        it("warns of whoever is left out, when nobody says who takes their messages", () => {
            assert.deepEqual(branch(["web"], services, queue).problems, [left("admin, api, worker are")]);
        });

        it("warns only of those that name one, where some do", () => {
            const naming = services.replace("worker: {build: ., image: shop}", "worker: {build: ., image: shop, environment: {QUEUE_ORDERS: 'http://x'}}");
            assert.deepEqual(branch(["web"], naming, queue).problems, [left("worker is")]);
            assert.deepEqual(branch(["web", "worker"], naming, queue).problems, []);
        });
    });
});
