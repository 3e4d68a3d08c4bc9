import assert from "node:assert/strict";
import fc from "fast-check";
import type { ConditionView } from "../../../local/emulator/views";
import { isInRange, isLoopback, plainAddress } from "../../../local/frontdoor/addresses";
import { matchesRule, type RuleRequest } from "../../../local/frontdoor/conditions";
import { matchesPattern } from "../../../local/frontdoor/pattern";

describe("matchesPattern", () => {
    const cases: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
        ["a.example.com", "a.example.com", true],
        ["a.example.com", "A.Example.COM", true],
        ["a.example.com", "aXexample.com", false],
        ["*.example.com", "a.b.example.com", true],
        ["*.example.com", "example.com", false],
        ["*.example.com", ".example.com", true],
        ["?.example.com", "ab.example.com", false],
        ["?.example.com", "a.example.com", true],
        ["*", "", true],
        ["", "", true],
        ["", "a", false],
        ["/img/*/pics", "/img/a/b/pics", true],
        ["/a+b(c)[d]{1}^$|", "/a+b(c)[d]{1}^$|", true],
        ["a\\*b", "a*b", true],
        ["a\\*b", "axb", false],
        ["a\\?", "a?", true],
        ["a\\\\", "a\\", true],
        ["line\nbreak*", "line\nbreak\nmore", true],
    ];
    for (const [pattern, text, expected] of cases) {
        it(`${expected ? "lets" : "does not let"} ${JSON.stringify(pattern)} match ${JSON.stringify(text)}`, () => {
            assert.equal(matchesPattern(pattern, text), expected);
        });
    }

    it("lets every text match itself when it is escaped", () => {
        fc.assert(
            fc.property(fc.string({ unit: "binary" }), (text) =>
                matchesPattern(text.replace(/[\\*?]/g, "\\$&"), text, { caseSensitive: true }),
            ),
        );
    });

    it("lets a star stand for anything between two texts", () => {
        const plain = fc.string().map((text) => text.replace(/[\\*?]/g, ""));
        fc.assert(
            fc.property(plain, fc.string(), plain, (start, middle, end) => matchesPattern(`${start}*${end}`, `${start}${middle}${end}`)),
        );
    });
});

describe("isInRange", () => {
    const cases: readonly (readonly [address: string, range: string, inside: boolean])[] = [
        ["203.0.113.10", "203.0.113.0/24", true],
        ["203.0.114.10", "203.0.113.0/24", false],
        ["203.0.113.10", "203.0.113.10/32", true],
        ["203.0.113.10", "203.0.113.10", true],
        ["203.0.113.10", "0.0.0.0/0", true],
        ["2001:db8::1", "0.0.0.0/0", false],
        ["2001:db8::1", "2001:db8::/32", true],
        ["2001:db8::1", "::/0", true],
        ["203.0.113.10", "::/0", false],
        ["203.0.113.10", "sg-0123456789abcdef0", false],
        ["203.0.113.10", "203.0.113.0/99", false],
        ["not an address", "0.0.0.0/0", false],
    ];
    for (const [address, range, expected] of cases) {
        it(`has ${address} ${expected ? "in" : "not in"} ${range}`, () => {
            assert.equal(isInRange(address, range), expected);
        });
    }

    it("knows loopback addresses, also inside IPv6", () => {
        const known = ["127.0.0.1", "127.9.9.9", "::1", plainAddress("::ffff:127.0.0.1"), "128.0.0.1", plainAddress("::ffff:203.0.113.1")];
        assert.deepEqual(known.map(isLoopback), [true, true, true, true, false, false]);
    });
});

describe("matchesRule", () => {
    const request: RuleRequest = {
        host: "www.staging.example.com",
        method: "GET",
        path: "/Orders/7",
        query: [
            ["version", "V1"],
            ["q", "a*b"],
        ],
        headers: { "user-agent": ["Mozilla/5.0 Firefox"], accept: ["text/html", "text/plain"] },
        clientAddress: "203.0.113.10",
    };
    const cases: readonly { readonly name: string; readonly conditions: readonly ConditionView[]; readonly holds: boolean }[] = [
        { name: "no condition, as of the default rule", conditions: [], holds: true },
        { name: "a host in another case", conditions: [{ field: "host-header", values: ["WWW.staging.example.com"] }], holds: true },
        {
            name: "one of several hosts",
            conditions: [{ field: "host-header", values: ["a.example.com", "*.staging.example.com"] }],
            holds: true,
        },
        { name: "another host", conditions: [{ field: "host-header", values: ["www.example.com"] }], holds: false },
        { name: "a path", conditions: [{ field: "path-pattern", values: ["/Orders/*"] }], holds: true },
        { name: "a path in another case", conditions: [{ field: "path-pattern", values: ["/orders/*"] }], holds: false },
        { name: "a path that would need the query", conditions: [{ field: "path-pattern", values: ["*version*"] }], holds: false },
        { name: "a method", conditions: [{ field: "http-request-method", values: ["POST", "GET"] }], holds: true },
        { name: "a method in another case", conditions: [{ field: "http-request-method", values: ["get"] }], holds: false },
        {
            name: "a header, whatever its case",
            conditions: [{ field: "http-header", name: "User-Agent", values: ["*firefox*"] }],
            holds: true,
        },
        {
            name: "the second of equal headers",
            conditions: [{ field: "http-header", name: "accept", values: ["text/plain"] }],
            holds: true,
        },
        { name: "a header that is not there", conditions: [{ field: "http-header", name: "x-none", values: ["*"] }], holds: false },
        {
            name: "a query by key and value",
            conditions: [{ field: "query-string", values: [{ key: "Version", value: "v?" }] }],
            holds: true,
        },
        { name: "a query by value alone", conditions: [{ field: "query-string", values: [{ value: "v1" }] }], holds: true },
        {
            name: "a query with an escaped star",
            conditions: [{ field: "query-string", values: [{ key: "q", value: "a\\*b" }] }],
            holds: true,
        },
        {
            name: "a query value under another key",
            conditions: [{ field: "query-string", values: [{ key: "q", value: "v1" }] }],
            holds: false,
        },
        { name: "an address", conditions: [{ field: "source-ip", values: ["198.51.100.0/24", "203.0.113.0/24"] }], holds: true },
        { name: "another address", conditions: [{ field: "source-ip", values: ["198.51.100.0/24"] }], holds: false },
        {
            name: "two conditions of which one does not hold",
            conditions: [
                { field: "host-header", values: ["www.staging.example.com"] },
                { field: "source-ip", values: ["198.51.100.0/24"] },
            ],
            holds: false,
        },
    ];
    for (const { name, conditions, holds } of cases) {
        it(`${holds ? "takes" : "does not take"} ${name}`, () => {
            assert.equal(matchesRule({ conditions }, request), holds);
        });
    }
});
