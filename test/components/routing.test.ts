import assert from "node:assert/strict";
import fc from "fast-check";
import { ruleConditions, valuesPerRule } from "../../model/ruleConditions";
import { planRules } from "../../components/routing/plan";
import { planPriorities, roomIn, type PriorityRange } from "../../components/routing/priorities";
import { Routing, type RoutingArgs } from "../../components/routing/routing";
import { deploy } from "../support/deploy";
import { inputsOf, kindsAndNames, theOne } from "../support/registered";

const hosts = fc.uniqueArray(fc.domain(), { minLength: 1, maxLength: 12 });
const addresses = fc.uniqueArray(fc.ipV4().map((address) => `${address}/32`), { maxLength: 30 });
const keys = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 60 });
const roomyRange = fc.tuple(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 59, max: 9_000 })).map(([first, length]): PriorityRange => [first, first + length]);

describe("rule conditions", () => {
    it("let every address reach every host by exactly one rule", () => {
        fc.assert(
            fc.property(hosts, addresses, (to, from) => {
                const rules = ruleConditions(to, from);
                const pairs = rules.flatMap((rule) => rule.hosts.flatMap((host) => (from.length === 0 ? [host] : rule.addresses.map((address) => `${address} ${host}`))));
                const wanted = to.flatMap((host) => (from.length === 0 ? [host] : from.map((address) => `${address} ${host}`)));
                assert.deepEqual(pairs.toSorted(), wanted.toSorted());
            }),
        );
    });

    it("never need more values than AWS allows in a rule, nor name no host", () => {
        fc.assert(
            fc.property(hosts, addresses, (to, from) => {
                for (const rule of ruleConditions(to, from)) {
                    assert.ok(rule.hosts.length > 0);
                    assert.ok(rule.hosts.length + rule.addresses.length <= valuesPerRule);
                }
            }),
        );
    });

    it("never leave out the addresses where there are any", () => {
        fc.assert(
            fc.property(hosts, addresses, (to, from) => {
                assert.ok(ruleConditions(to, from).every((rule) => rule.addresses.length > 0 === from.length > 0));
            }),
        );
    });

    for (const { hostCount, addressCount, rules } of [
        { hostCount: 1, addressCount: 0, rules: 1 },
        { hostCount: 6, addressCount: 0, rules: 2 },
        { hostCount: 1, addressCount: 4, rules: 1 },
        { hostCount: 1, addressCount: 5, rules: 2 },
        { hostCount: 2, addressCount: 3, rules: 1 },
        { hostCount: 4, addressCount: 1, rules: 1 },
        { hostCount: 3, addressCount: 10, rules: 5 },
    ]) {
        it(`take ${rules} for ${hostCount} hosts and ${addressCount} addresses`, () => {
            const to = Array.from({ length: hostCount }, (_, index) => `h${index}.example.com`);
            const from = Array.from({ length: addressCount }, (_, index) => `203.0.113.${index}/32`);
            assert.equal(ruleConditions(to, from).length, rules);
        });
    }
});

describe("planned priorities", () => {
    it("are distinct and in the range", () => {
        fc.assert(
            fc.property(keys, roomyRange, (all, range) => {
                const priorities = [...planPriorities(all, range).values()];
                assert.equal(new Set(priorities).size, all.length);
                assert.ok(priorities.every((priority) => priority >= range[0] && priority <= range[1]));
            }),
        );
    });

    it("are the same in whatever order the rules are listed", () => {
        fc.assert(
            fc.property(keys, roomyRange, (all, range) => {
                assert.deepEqual(planPriorities(all.toReversed(), range), planPriorities(all, range));
            }),
        );
    });

    it("fill a range to the last place", () => {
        const all = Array.from({ length: 40 }, (_, index) => `service-${index}`);
        assert.deepEqual([...planPriorities(all, [101, 140]).values()].toSorted((a, b) => a - b), Array.from({ length: 40 }, (_, index) => 101 + index));
        assert.equal(roomIn([101, 140]), 40);
    });

    it("stay when another rule comes that wants a place of its own", () => {
        const before = planPriorities(["api", "web"], [1, 999]);
        const after = planPriorities(["admin", "api", "web"], [1, 999]);
        assert.deepEqual([after.get("api"), after.get("web")], [before.get("api"), before.get("web")]);
    });
});

describe("planned rules", () => {
    const routes = [
        { key: "admin", hosts: ["admin.example.com"] },
        { key: "web", hosts: ["www.example.com"] },
    ];

    it("are one for each service with hosts only, and their order is left to the provider without a range", () => {
        assert.deepEqual(planRules(routes, []), {
            rules: {
                admin: [{ role: "rule", hosts: ["admin.example.com"], addresses: [] }],
                web: [{ role: "rule", hosts: ["www.example.com"], addresses: [] }],
            },
            problems: [],
        });
    });

    it("share out the addresses of a borrowed listener", () => {
        const from = ["203.0.113.1/32", "203.0.113.2/32", "203.0.113.3/32", "203.0.113.4/32", "203.0.113.5/32"];
        assert.deepEqual(planRules([routes[1]!], from).rules, {
            web: [
                { role: "rule", hosts: ["www.example.com"], addresses: from.slice(0, 4) },
                { role: "rule-2", hosts: ["www.example.com"], addresses: from.slice(4) },
            ],
        });
    });

    it("have a priority each in a range", () => {
        const { rules, problems } = planRules(routes, [], [10, 20]);
        const priorities = Object.values(rules).flatMap((ofRoute) => ofRoute.map(({ priority }) => priority));
        assert.deepEqual(problems, []);
        assert.equal(new Set(priorities).size, 2);
        assert.ok(priorities.every((priority) => priority !== undefined && priority >= 10 && priority <= 20));
    });

    it("fails on a range that is too small for them", () => {
        assert.deepEqual(planRules(routes, [], [10, 10]), { rules: {}, problems: ["2 listener rules do not fit into the priorities 10 to 10"] });
    });
});

describe("routing", () => {
    const args: RoutingArgs = {
        port: 8080,
        health: { path: "/healthcheck", interval: 30, timeout: 5, healthy: 5, unhealthy: 2, matcher: "200-399" },
        deregistrationDelay: 60,
        rules: [{ role: "rule", hosts: ["www.example.com"], addresses: [] }],
        vpcId: "vpc-1",
        listenerArn: "arn:listener",
    };

    it("makes a target group whose name AWS can still lengthen, and a rule that leads to it", async () => {
        const { resources } = await deploy(() => new Routing("staging-web", args));

        assert.deepEqual(kindsAndNames(resources), ["ListenerRule staging-web-rule", "Routing staging-web", "TargetGroup staging-web"]);
        assert.deepEqual(inputsOf(resources, "TargetGroup"), {
            "staging-web": {
                port: 8080,
                protocol: "HTTP",
                targetType: "ip",
                vpcId: "vpc-1",
                deregistrationDelay: 60,
                healthCheck: { path: "/healthcheck", interval: 30, timeout: 5, healthyThreshold: 5, unhealthyThreshold: 2, matcher: "200-399" },
            },
        });
        assert.deepEqual(inputsOf(resources, "ListenerRule"), {
            "staging-web-rule": {
                listenerArn: "arn:listener",
                conditions: [{ hostHeader: { values: ["www.example.com"] } }],
                actions: [{ type: "forward", targetGroupArn: "arn:aws:mock:::staging-web" }],
            },
        });
    });

    it("asks for the addresses and takes the priority of a planned rule", async () => {
        const rules = [{ role: "rule", hosts: ["www.example.com"], addresses: ["203.0.113.0/24"], priority: 17 }];
        const { resources } = await deploy(() => new Routing("staging-web", { ...args, rules }));
        const { priority, conditions } = theOne(resources, "ListenerRule", "staging-web-rule").inputs;
        assert.equal(priority, 17);
        assert.deepEqual(conditions, [{ hostHeader: { values: ["www.example.com"] } }, { sourceIp: { values: ["203.0.113.0/24"] } }]);
    });
});
