import assert from "node:assert/strict";
import fc from "fast-check";
import { environmentStatuses, type EnvironmentReport } from "../../../automation/branch/environmentReport";
import { foreign, markerOf, renderComment } from "../../../automation/github/comment";

const search = { branch: "feature/search", id: "feature-search-38e7a3a2", base: "staging" };

const complete: EnvironmentReport = {
    ...{ ...search, status: "up", pullRequest: 12, commit: "9139438d1195d5c4f9c0b1b0a34f2c5d6e7f8091" },
    urls: { admin: "https://admin--feature-search-38e7a3a2.staging.example.com", web: "https://feature-search-38e7a3a2.staging.example.com" },
    url: "https://feature-search-38e7a3a2.staging.example.com",
    changes: { created: 3, updated: 1, replaced: 0, deleted: 0, unchanged: 26 },
    ...{ owner: "ada@example.com", data: "none", expires: "2026-11-24T13:49:22.862Z", seconds: 79 },
    checks: [{ name: "login", passed: true }, { name: "row", passed: false, detail: "no row" }],
};

/** What a reader sees: Markdown without its marks. */
function seen(markdown: string): string {
    return markdown
        .replace(/<[^>]*>/g, "")
        .replaceAll("**", "")
        .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

describe("the comment about an environment", () => {
    it("tells all that is known", () => {
        assert.equal(
            seen(renderComment(complete)),
            `
✅ The environment of feature/search is up

| | |
| --- | --- |
| URL | https://feature-search-38e7a3a2.staging.example.com/ |
| URL of admin | https://admin--feature-search-38e7a3a2.staging.example.com/ |
| commit | 9139438d1195d5c4f9c0b1b0a34f2c5d6e7f8091 |
| changes | 3 created, 1 updated |
| check login | ✅ passed |
| check row | ❌ failed: no row |
| data | none |
| owner | ada@example.com |
| expires | 2026-11-24 13:49 UTC |
| stands on | staging |
| took | 1 min 19 s |

for pull request 12; this comment is kept up to date`,
        );
    });

    it("tells nothing that is not known", () => {
        assert.equal(seen(renderComment({ ...search, status: "failed", reason: "the image is not there" })), "\n❌ The environment of feature/search has failed\n\nthe image is not there\n\n| | |\n| --- | --- |\n| stands on | staging |");
    });

    it("has a sentence of its own for every status", () => {
        const heads = environmentStatuses.map((status) => seen(renderComment({ ...search, status })).split("\n")[1]);
        assert.equal(new Set(heads).size, environmentStatuses.length);
        assert.ok(heads.every((head) => head?.includes("The environment of feature/search ")));
    });

    it("begins with its marker, in a line of its own", () => {
        assert.deepEqual(renderComment(complete).split("\n", 2), ["<!-- understudy:feature-search-38e7a3a2 -->", "**✅ The environment of <code>feature/search</code> is up**"]);
    });

    it("links to pages only", () => {
        const links = (url: string): readonly string[] => [...renderComment({ ...search, status: "up", url }).matchAll(/href="([^"]*)"/g)].map(([, address = ""]) => seen(address));
        assert.deepEqual(links("https://x.staging.example.com/a?b=c&d"), ["https://x.staging.example.com/a?b=c&d"]);
        for (const url of ["javascript:alert(1)", "data:text/html,x", "//example.com", "x", "file:///etc/passwd"]) assert.deepEqual(links(url), [], url);
        assert.deepEqual(links('https://x/"><script>alert(1)</script>'), ["https://x/%22%3E%3Cscript%3Ealert(1)%3C/script%3E"]);
    });

    const names: readonly (readonly [name: string, seen: string])[] = [
        ["fix/Ünïcode-🚀-name", "fix/Ünïcode-🚀-name"],
        ["👩‍👩‍👧👍🏽", "👩‍👩‍👧👍🏽"],
        ["@ada-lovelace", "@ada-lovelace"],
        ["a|b `c` *d* _e_ [f](g)", "a|b `c` *d* _e_ [f](g)"],
        ["<b>x</b><!-- understudy:feature-search-38e7a3a2 -->", "<b>x</b><!-- understudy:feature-search-38e7a3a2 -->"],
        ["one\r\n\r\n# two", "one # two"],
        ["safe\u202etxt.exe", "safe\\u{202e}txt.exe"],
        ["null\u0000byte \ud83d half", "null\\u{0}byte \\u{d83d} half"],
        ["&#64;ada &amp;", "&#64;ada &amp;"],
    ];
    for (const [name, shown] of names) {
        it(`shows ${JSON.stringify(name)} as it is`, () => assert.equal(seen(foreign(name)), shown));
    }

    it("cuts what is too long", () => {
        assert.equal(Array.from(seen(foreign("🚀".repeat(5000)))).length, 101);
        assert.equal(seen(renderComment({ ...search, status: "failed", reason: "`".repeat(100_000) })).split("\n")[3]?.length, 601);
        const urls = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`service-${index}`, `https://${"x".repeat(200)}.example.com/${index}`]));
        const checks = Array.from({ length: 200 }, (_, index) => ({ name: `${"c".repeat(5000)}${index}`, passed: false, detail: "\u{10ffff}".repeat(5000) }));
        assert.ok(renderComment({ ...complete, urls, checks, reason: "`".repeat(100_000) }).length < 65_536);
    });

    describe("whatever it is told", () => {
        const nasty = ["|", "||", "\n", "\r\n", "@ada", "@example/team", "#12", "GH-12", "example/shop#12", "`", "```", "<!--", "-->", markerOf(search), "<a href=x>", "[x](y)", "**", "~~", "\\", "&", "&#64;", "https://evil.example.com", "www.evil.example.com", "\u202e", "🚀", "\u2028", "$x$"];
        const text = fc.oneof(fc.string({ unit: "binary", maxLength: 30 }), fc.array(fc.oneof(fc.constantFrom(...nasty), fc.string({ maxLength: 5 })), { maxLength: 12 }).map((parts) => parts.join("")));
        const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
        const count = fc.nat(100);
        const reports = fc
            .record({
                ...{ branch: text, base: text, status: fc.constantFrom(...environmentStatuses), id: fc.constant(search.id) },
                ...{ reason: maybe(text), commit: maybe(text), url: maybe(fc.oneof(text, fc.webUrl())), urls: maybe(fc.dictionary(text, text, { maxKeys: 3 })), owner: maybe(text), data: maybe(text), expires: maybe(text) },
                ...{ pullRequest: maybe(fc.integer({ min: 1 })), seconds: maybe(fc.nat(10_000)) },
                changes: maybe(fc.record({ created: count, updated: count, replaced: count, deleted: count, unchanged: count })),
                checks: maybe(fc.array(fc.record({ name: text, passed: fc.boolean(), detail: text }), { maxLength: 3 })),
            })
            .map((report) => Object.fromEntries(Object.entries(report).filter(([, value]) => value !== undefined)) as unknown as EnvironmentReport);

        it("has one marker, one table, and no character of Markdown that is not ours", () => {
            fc.assert(
                fc.property(reports, (report) => {
                    const comment = renderComment(report);
                    const [marker, head, ...rest] = comment.split("\n");
                    assert.equal(marker, markerOf(search));
                    assert.equal(comment.split("<!--").length + comment.split("-->").length, 4);
                    assert.match(head ?? "", /^\*\*\S+ The environment of <code>[^*<>]*<\/code> [a-z ]+\*\*$/u);
                    for (const line of rest.filter((one) => one.startsWith("|")).slice(2)) assert.equal(line.split("|").length, 4, line);
                    assert.equal(rest.filter((line) => line === "| --- | --- |").length, 1);
                    // Outside of the tags that are ours nothing is left that GitHub would read as anything but text.
                    const foreignParts = [...comment.matchAll(/<code>(.*?)<\/code>|<a href="([^"]*)">(.*?)<\/a>/gs)].flatMap((match) => match.slice(1).map((part: string | undefined) => part ?? ""));
                    for (const part of foreignParts) assert.match(part, /^(?:[\p{L}\p{M}\p{N}\p{So}\p{Emoji_Modifier}\u200d /-]|&#\d+;)*$/u);
                    const own = comment.replace(/<code>.*?<\/code>|<a href="[^"]*">.*?<\/a>|<sub>for pull request \d+; this comment is kept up to date<\/sub>/gs, "").replace(markerOf(search), "");
                    assert.match(own, /^[a-zA-Z0-9 ,:|*\n\p{So}\ufe0f-]*$/u);
                }),
                { numRuns: 500 },
            );
        });

        it("shows every text as it was, but for line ends and what cannot be seen", () => {
            fc.assert(
                fc.property(fc.string({ unit: "grapheme", maxLength: 50 }), (name) => {
                    const expected = name.replace(/\s+/gu, " ").trim();
                    assert.equal(seen(foreign(name)), expected.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => (character === "\u200d" ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`)));
                }),
            );
        });
    });
});
