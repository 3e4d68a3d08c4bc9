import assert from "node:assert/strict";
import fc from "fast-check";
import type {
    ActionView,
    ConditionView,
    LoadBalancerView,
    LoadBalancingView,
    RecordView,
    RuleView,
    TargetGroupView,
    TargetReport,
} from "../../../local/emulator/views";
import { chooseWeighted } from "../../../local/frontdoor/decide";
import { findHost, servedHosts } from "../../../local/frontdoor/hosts";
import { localizeLocation } from "../../../local/frontdoor/localUrl";
import { type IncomingFacts, planRequest, type RequestPlan } from "../../../local/frontdoor/planRequest";

const everybody = { protocol: "tcp", fromPort: 443, toPort: 443, source: "0.0.0.0/0" };
const defaultRule: RuleView = {
    arn: "default",
    priority: "default",
    conditions: [],
    actions: [{ type: "fixed-response", statusCode: 404, contentType: "text/plain", messageBody: "no such host" }],
};

function loadBalancer(name: string, rules: readonly RuleView[], more: Partial<LoadBalancerView> = {}): LoadBalancerView {
    return {
        ...{ account: "222222222222", region: "eu-west-1", arn: name, name, dnsName: `${name}.elb.example.com`, scheme: "internet-facing" },
        ingress: [everybody],
        listeners: [
            { arn: `${name}/80`, port: 80, protocol: "HTTP", rules: [defaultRule] },
            { arn: `${name}/443`, port: 443, protocol: "HTTPS", rules: [...rules, defaultRule] },
        ],
        ...more,
    };
}

function rule(priority: number, conditions: readonly ConditionView[], ...actions: readonly ActionView[]): RuleView {
    return { arn: `rule-${priority}`, priority, conditions, actions };
}

function hostRule(priority: number, host: string, ...actions: readonly ActionView[]): RuleView {
    return rule(priority, [{ field: "host-header", values: [host] }], ...actions);
}

function forwardTo(...arns: readonly string[]): ActionView {
    return { type: "forward", targetGroups: arns.map((arn) => ({ arn, weight: 1 })) };
}

function targetGroup(arn: string, ...targets: readonly TargetReport[]): TargetGroupView {
    const healthCheck = {
        enabled: true,
        path: "/",
        port: "traffic-port",
        protocol: "HTTP",
        interval: 30,
        timeout: 5,
        healthyThreshold: 5,
        unhealthyThreshold: 2,
        matcher: "200",
    };
    return {
        account: "222222222222",
        region: "eu-west-1",
        arn,
        name: arn,
        port: 8080,
        protocol: "HTTP",
        targetType: "ip",
        healthCheck,
        deregistrationDelay: 5,
        targets,
    };
}

const healthy = (id: string): TargetReport => ({ id, port: 8080, state: "healthy" });

const view: LoadBalancingView = {
    revision: 1,
    publicZones: [],
    loadBalancers: [
        loadBalancer("staging", [
            rule(
                1,
                [
                    { field: "host-header", values: ["www.staging.example.com"] },
                    { field: "path-pattern", values: ["/old/*"] },
                ],
                {
                    ...{
                        type: "redirect",
                        statusCode: 301,
                        protocol: "#{protocol}",
                        host: "#{host}",
                        port: "#{port}",
                        path: "/new/#{path}",
                        query: "#{query}",
                    },
                },
            ),
            rule(
                2,
                [
                    { field: "host-header", values: ["www.staging.example.com"] },
                    { field: "path-pattern", values: ["/away"] },
                ],
                {
                    ...{
                        type: "redirect",
                        statusCode: 302,
                        protocol: "HTTPS",
                        host: "www.example.net",
                        port: "443",
                        path: "/#{path}",
                        query: "",
                    },
                },
            ),
            hostRule(3, "www.staging.example.com", forwardTo("web")),
            hostRule(4, "secret.staging.example.com", { type: "authenticate-oidc" }, forwardTo("web")),
            hostRule(1001, "branch-1a2b3c4d.staging.example.com", forwardTo("sick")),
            hostRule(1002, "*.wild.staging.example.com", forwardTo("web")),
        ]),
        loadBalancer("dev", [hostRule(1, "www.dev.example.com", forwardTo("web"))], {
            account: "333333333333",
            ingress: [{ ...everybody, source: "198.51.100.0/24" }],
        }),
    ],
    targetGroups: [
        targetGroup("web", healthy("127.16.0.2"), { id: "127.16.0.3", port: 8080, state: "draining" }),
        targetGroup("sick", { id: "127.16.0.4", port: 8080, state: "unhealthy" }),
    ],
};

const settings = { port: 40_002, clientAddress: "203.0.113.10", chance: 0 };

function request(host: string, url = "/", more: Partial<IncomingFacts> = {}): IncomingFacts {
    return { method: "GET", url, headers: { host }, rawHeaders: ["Host", host], remoteAddress: "127.0.0.1", ...more };
}

/** The parts of a plan that a reader can tell apart at a glance. */
function summary(plan: RequestPlan): string {
    if (plan.kind === "pass") return `pass to ${plan.targets.map(({ id }) => id).join()} as ${plan.host} for ${plan.clientAddress}`;
    const { statusCode, headers, body } = plan.answer;
    const title = /<h1>(.*)<\/h1>/.exec(body)?.[1] ?? body;
    return [statusCode, headers.location, title, plan.askAnew && "(ask again)"].filter(Boolean).join(" ");
}

describe("planRequest", () => {
    const cases: readonly { readonly name: string; readonly facts: IncomingFacts; readonly expected: string }[] = [
        {
            name: "a host",
            facts: request("www.staging.example.com.localhost:40002"),
            expected: "pass to 127.16.0.2 as www.staging.example.com for 203.0.113.10",
        },
        {
            name: "a host in capitals with a dot at its end",
            facts: request("WWW.Staging.example.com.localhost.:40002"),
            expected: "pass to 127.16.0.2 as www.staging.example.com for 203.0.113.10",
        },
        {
            name: "a host that is sent as it is on AWS",
            facts: request("www.staging.example.com"),
            expected: "pass to 127.16.0.2 as www.staging.example.com for 203.0.113.10",
        },
        {
            name: "a host that a wildcard takes",
            facts: request("x.wild.staging.example.com.localhost"),
            expected: "pass to 127.16.0.2 as x.wild.staging.example.com for 203.0.113.10",
        },
        {
            name: "a branch id, with no healthy task",
            facts: request("branch-1a2b3c4d.localhost:40002"),
            expected: "503 503 Service Temporarily Unavailable (ask again)",
        },
        { name: "a label of two environments", facts: request("www.localhost"), expected: "404 Which one? (ask again)" },
        { name: "a label of none", facts: request("nobody.localhost"), expected: "404 No such environment (ask again)" },
        { name: "a host of none", facts: request("www.example.org.localhost"), expected: "404 No such environment (ask again)" },
        { name: "the front door itself", facts: request("localhost:40002"), expected: "200 Environments (ask again)" },
        {
            name: "another page of the front door itself",
            facts: request("127.0.0.1:40002", "/x"),
            expected: "404 Environments (ask again)",
        },
        { name: "no host at all", facts: request(""), expected: "200 Environments (ask again)" },
        {
            name: "a client that no security group lets in",
            facts: request("www.dev.example.com.localhost"),
            expected: "403 Not let in (ask again)",
        },
        {
            name: "a client on this machine that counts as another one",
            facts: request("www.dev.example.com.localhost", "/", {
                headers: { host: "www.dev.example.com", "x-understudy-client-address": "198.51.100.7" },
            }),
            expected: "pass to 127.16.0.2 as www.dev.example.com for 198.51.100.7",
        },
        {
            name: "a client elsewhere that would like to count as another one",
            facts: request("www.dev.example.com.localhost", "/", {
                headers: { host: "www.dev.example.com", "x-understudy-client-address": "198.51.100.7" },
                remoteAddress: "::ffff:192.0.2.1",
            }),
            expected: "403 Not let in (ask again)",
        },
        {
            name: "a redirect to where it came from",
            facts: request("www.staging.example.com.localhost:40002", "/old/a?b=c&d"),
            expected: "301 http://www.staging.example.com.localhost:40002/new/old/a?b=c&d",
        },
        {
            name: "a redirect to another place",
            facts: request("www.staging.example.com.localhost", "/away"),
            expected: "302 https://www.example.net:443/away",
        },
        { name: "a rule that asks people to sign in", facts: request("secret.staging.example.com.localhost"), expected: "501 Sign-in" },
    ];
    for (const { name, facts, expected } of cases) {
        it(`plans ${name}`, () => {
            assert.equal(summary(planRequest(facts, view, settings)), expected);
        });
    }

    it("answers with the default rule when a path belongs to none", () => {
        const only = {
            ...view,
            loadBalancers: [
                loadBalancer("one", [
                    rule(
                        1,
                        [
                            { field: "host-header", values: ["a.example.com"] },
                            { field: "path-pattern", values: ["/x"] },
                        ],
                        forwardTo("web"),
                    ),
                ]),
            ],
        };
        assert.equal(summary(planRequest(request("a.example.com.localhost", "/y"), only, settings)), "404 no such host");
    });

    it("takes the HTTP listener of a load balancer that has no other", () => {
        const plain = loadBalancer("plain", [], { ingress: [{ ...everybody, fromPort: 80, toPort: 80 }] });
        const listeners = [{ ...plain.listeners[0]!, rules: [hostRule(1, "a.example.com", forwardTo("web")), defaultRule] }];
        const plan = planRequest(request("a.example.com.localhost"), { ...view, loadBalancers: [{ ...plain, listeners }] }, settings);
        assert.equal(plan.kind === "pass" && plan.listener.protocol, "HTTP");
    });

    it("escapes what a client may write into a page", () => {
        const plan = planRequest(request("<script>alert(1)</script>.x.localhost"), view, settings);
        assert.ok(plan.kind === "answer" && !plan.answer.body.includes("<script>"));
    });
});

describe("findHost", () => {
    it("lists the choices for a label that several hosts begin with", () => {
        assert.deepEqual(findHost("www.localhost", view), {
            kind: "unclear",
            name: "www",
            choices: ["www.dev.example.com", "www.staging.example.com"],
        });
    });

    it("serves every host that is written in full, once and sorted", () => {
        assert.deepEqual(
            servedHosts(view).map(({ host, rule: { priority } }) => [host, priority]),
            [
                ["branch-1a2b3c4d.staging.example.com", 1001],
                ["secret.staging.example.com", 4],
                ["www.dev.example.com", 1],
                ["www.staging.example.com", 3],
            ],
        );
    });
});

describe("a host that several load balancers could serve", () => {
    const host = "branch-1a2b3c4d.staging.example.com";
    const alias = (name: string, balancer: string): RecordView => ({ name, type: "A", target: `${balancer}.elb.example.com` });
    const world = (firstHas: readonly string[], secondHas: readonly string[], records: readonly RecordView[]): LoadBalancingView => ({
        revision: 1,
        loadBalancers: [firstHas, secondHas].map((hosts, index) =>
            loadBalancer(index === 0 ? "first" : "second", hosts.map((each, place) => hostRule(place + 1, each, forwardTo(`web-${index}`)))),
        ),
        targetGroups: [targetGroup("web-0", healthy("127.1.0.1")), targetGroup("web-1", healthy("127.1.0.2"))],
        publicZones: [{ name: "staging.example.com", records }],
    });
    const wildcard = alias("*.staging.example.com", "first");

    for (const { what, view: given, expected } of [
        { what: "is served by the one to which the wildcard leads", view: world([host], [host], [wildcard]), expected: "127.1.0.1" },
        { what: "is served by the one to which its own record leads", view: world([host], [host], [wildcard, alias(host, "second")]), expected: "127.1.0.2" },
        {
            what: "is nobody's where DNS leads to the one that does not know it",
            view: world([], [host], [wildcard]),
            expected: `The load balancer first, to which DNS leads <b>${host}</b>, has no rule for it.`,
        },
        { what: "is nobody's where DNS leads nowhere", view: world([host], [host], []), expected: `DNS leads <b>${host}</b> to no load balancer.` },
    ]) {
        it(what, () => {
            const plan = planRequest(request(`${host}.localhost`), given, settings);
            if (plan.kind === "pass") assert.deepEqual(plan.targets.map(({ id }) => id), [expected]);
            else assert.ok(plan.answer.statusCode === 404 && plan.answer.body.includes(expected), plan.answer.body);
        });
    }

    it("is listed, and found by its first label, where it is served", () => {
        const given = world([], [host, "other-1a2b3c4d.staging.example.com"], [wildcard, alias(host, "second")]);
        assert.deepEqual(servedHosts(given).map((served) => [served.host, served.loadBalancer.name]), [[host, "second"]]);
        const found = findHost("branch-1a2b3c4d.localhost", given);
        assert.ok(found.kind === "host" && found.loadBalancer.name === "second");
    });
});

describe("chooseWeighted", () => {
    it("gives every target group the share of its weight", () => {
        const groups = [
            { arn: "a", weight: 1 },
            { arn: "none", weight: 0 },
            { arn: "b", weight: 3 },
        ];
        assert.deepEqual(
            [0, 0.24, 0.25, 0.999].map((chance) => chooseWeighted(groups, chance)),
            ["a", "a", "b", "b"],
        );
    });

    it("chooses a group with a weight whenever there is one", () => {
        const groups = fc.array(fc.record({ arn: fc.string(), weight: fc.nat(999) }));
        fc.assert(
            fc.property(groups, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (all, chance) => {
                const chosen = chooseWeighted(all, chance);
                assert.equal(
                    chosen !== undefined,
                    all.some(({ weight }) => weight > 0),
                );
                assert.ok(chosen === undefined || all.some(({ arn, weight }) => arn === chosen && weight > 0));
            }),
        );
    });
});

describe("localizeLocation", () => {
    const isServed = (host: string): boolean => host === "a.example.com";
    const cases: readonly (readonly [location: string, expected: string])[] = [
        ["https://a.example.com/x?y=1#z", "http://a.example.com.localhost:40002/x?y=1#z"],
        ["http://a.example.com:8080/", "http://a.example.com.localhost:40002/"],
        ["https://b.example.com/", "https://b.example.com/"],
        ["/x", "/x"],
        ["https://", "https://"],
        ["mailto:a@a.example.com", "mailto:a@a.example.com"],
    ];
    for (const [location, expected] of cases) {
        it(`leads ${location} to ${expected}`, () => {
            assert.equal(localizeLocation(location, 40_002, isServed), expected);
        });
    }
});
