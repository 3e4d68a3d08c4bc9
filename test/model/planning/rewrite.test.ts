import assert from "node:assert/strict";
import fc from "fast-check";
import { bareHosts, rewriteUrls, urlHosts } from "../../../model/planning/rewrite";

const addresses = new Map([
    ["api", "api.internal"],
    ["mq", "mq.internal"],
]);

const texts: readonly (readonly [text: string, rewritten: string, ...replaced: string[]])[] = [
    ["http://api", "http://api.internal", "api"],
    ["http://api:8080/x?y=http#z", "http://api.internal:8080/x?y=http#z", "api"],
    ["https://user:p%40ss@api/x", "https://user:p%40ss@api.internal/x", "api"],
    ["amqp://u:p@mq:5672", "amqp://u:p@mq.internal:5672", "mq"],
    ["jdbc:mysql://api:3306/db", "jdbc:mysql://api.internal:3306/db", "api"],
    ["mongodb://u:p@api:1,mq:2/db", "mongodb://u:p@api.internal:1,mq.internal:2/db", "api", "mq"],
    ["PLAINTEXT://mq:9092,SSL://mq:9093", "PLAINTEXT://mq.internal:9092,SSL://mq.internal:9093", "mq"],
    ["http://api/ http://mq", "http://api.internal/ http://mq.internal", "api", "mq"],
    ['{"url":"http://api:1"}', '{"url":"http://api.internal:1"}', "api"],
    ["http://api.example.com", "http://api.example.com"],
    ["http://apis", "http://apis"],
    ["http://example.com/api", "http://example.com/api"],
    ["http://example.com/?u=http://api/", "http://example.com/?u=http://api.internal/", "api"],
    ["http://api@example.com", "http://api@example.com"],
    ["http://[::1]:80/", "http://[::1]:80/"],
    ["unix:///api", "unix:///api"],
    ["api", "api"],
    ["api:8080", "api:8080"],
    ["", ""],
];

describe("a text with URLs", () => {
    for (const [text, rewritten, ...replaced] of texts) {
        it(`${JSON.stringify(text)} becomes ${JSON.stringify(rewritten)}`, () =>
            assert.deepEqual(rewriteUrls(text, addresses), { text: rewritten, replaced }));
    }

    it("stays as it is when no service is in it", () => {
        fc.assert(
            fc.property(fc.oneof(fc.webUrl(), fc.string()), (text) =>
                assert.deepEqual(rewriteUrls(text, new Map()), { text, replaced: [] }),
            ),
        );
    });

    it("is rewritten in no time, however long it is", () => {
        for (const text of ["a".repeat(100_000), "http://".repeat(20_000), `http://${"a,".repeat(50_000)}`, "a://,".repeat(20_000)]) {
            const started = performance.now();
            rewriteUrls(text, addresses);
            assert.ok(performance.now() - started < 1000, text.slice(0, 20));
        }
    });

    it("has the hosts that URLs have", () => {
        fc.assert(
            fc.property(fc.domain(), fc.nat(65535), fc.webPath(), (host, port, path) => {
                const url = `http://user:p%40ss@${host}:${port}${path}`;
                assert.deepEqual(urlHosts(url), [new URL(url).hostname]);
            }),
        );
    });
});

describe("a bare value", () => {
    it("may name several hosts with ports", () => assert.deepEqual(bareHosts("api:80, mq"), ["api", "mq"]));
});
