import assert from "node:assert/strict";
import path from "node:path";
import { buildSync } from "esbuild";
import fc from "fast-check";
import * as names from "../../model/names";
import { validBranchName } from "./branchNames";

const { branchId } = names;

/** Compose service names: short, long, and with characters that DNS refuses. */
const serviceName = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9-]{0,14}[a-z0-9]$/), fc.stringMatching(/^[a-zA-Z0-9._-]{1,90}$/));
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

describe("a branch id", () => {
    const ids: readonly (readonly [branch: string, id: string])[] = [
        ["feature/Search", "feature-search-ccc993c0"],
        ["main", "main-0d6e4079"],
        ["🎉", "6146299c"],
    ];
    for (const [branch, id] of ids) {
        it(`of ${branch} is ${id}`, () => assert.equal(branchId(branch), id));
    }

    it("has a slug of at most 30 characters, without a hyphen where it was cut", () => {
        assert.match(branchId(`${"a".repeat(29)}/bcd`), /^a{29}-[0-9a-f]{8}$/);
        assert.match(branchId("a".repeat(200)), /^a{30}-[0-9a-f]{8}$/);
    });

    it("takes nothing from other scripts, even where their lower case is ASCII", () => {
        assert.match(branchId("\u212aelvin"), /^elvin-[0-9a-f]{8}$/);
    });

    it("tells look-alikes apart", () => {
        const alike = ["feature/x", "feature-x", "Feature/x", "feature/х", "feature/_x", "e\u0301", "\u00e9"];
        assert.equal(new Set(alike.map(branchId)).size, alike.length);
    });

    it("is a short DNS label for any branch", () => {
        fc.assert(
            fc.property(validBranchName, (branch) => {
                const id = branchId(branch);
                assert.match(id, /^([a-z0-9]+(-[a-z0-9]+)*-)?[0-9a-f]{8}$/);
                assert.ok(id.length <= 39, id);
                assert.ok(names.looksLikeBranchId(id), id);
                assert.ok(names.isBranchId(id), id);
                assert.equal(names.branchStack(id), `branch-${id}`);
            }),
        );
    });

    it("is another one for every branch", () => {
        fc.assert(
            fc.property(
                fc.uniqueArray(validBranchName, { maxLength: 60 }),
                (branches) => new Set(branches.map(branchId)).size === branches.length,
            ),
        );
    });
});

describe("names on AWS", () => {
    it("read as they are documented", () => {
        assert.deepEqual(
            [
                names.baseHost("staging.example.com", "www"),
                names.branchMainHost("staging.example.com", "x-1a2b3c4d"),
                names.branchServiceHost("staging.example.com", "x-1a2b3c4d", { name: "admin", main: false }),
                names.namespaceName("staging"),
                names.discoveryName("api"),
                names.discoveryName("api", "x-1a2b3c4d"),
                names.hostVariable("search-api.v2"),
                names.logicalName("staging", "web"),
                names.logicalName("feature-search-1a2b3c4d", "web"),
                names.targetGroupName("feature-search-1a2b3c4d", "web"),
                names.targetGroupName("feature-search-1a2b3c4d", "web", 2),
                names.targetGroupName("staging", "a--b"),
                names.containerName("web"),
                names.familyName("shop", "staging", "web"),
                names.logGroupName("shop", "staging", "web"),
                names.parameterName("shop", "staging", "SESSION_SECRET"),
                names.releaseParameterName("shop", "staging"),
                names.keepTag("staging", `sha256:${"3b131ab8695c".padEnd(64, "0")}`),
                names.rolePath("shop", "staging"),
                names.branchRolePath("shop", "staging"),
                names.repositoryName("shop", "web"),
            ],
            [
                "www.staging.example.com",
                "x-1a2b3c4d.staging.example.com",
                "admin--x-1a2b3c4d.staging.example.com",
                "staging.internal",
                "api",
                "api--x-1a2b3c4d",
                "HOST_SEARCH_API_V2",
                "staging-web",
                "1a2b3c4d-web",
                "1a2b3c4d-web",
                "1a2b3c4ds2-web",
                "staging-a-b-90827a2e56",
                "web",
                "shop-staging-web",
                "/shop/staging/web",
                "/shop/staging/SESSION_SECRET",
                "/shop/staging/understudy/release",
                "keep.staging.3b131ab8695c",
                "/shop/staging/",
                "/shop/staging/branches/",
                "shop/web",
            ],
        );
    });

    it("keep AWS's limits for any branch and service", () => {
        fc.assert(
            fc.property(validBranchName, serviceName, (branch, service) => {
                const id = branchId(branch);
                assert.match(names.discoveryName(service), label);
                assert.match(names.discoveryName(service, id), label);
                assert.match(names.branchServiceHost("example.com", id, { name: service, main: false }).replace(/\.example\.com$/, ""), label);
                assert.match(names.baseHost("example.com", service).replace(/\.example\.com$/, ""), label);
                for (const environment of ["production", id]) {
                    for (const name of [0, 9].map((shard) => names.targetGroupName(environment, service, shard))) assert.match(name, /^(?=.{1,24}$)[a-z0-9]+(-[a-z0-9]+)*$/);
                    assert.match(names.logicalName(environment, service), /^[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?$/);
                    assert.match(names.familyName("shop", environment, service), /^[A-Za-z0-9_-]{1,255}$/);
                    assert.match(names.logGroupName("shop", environment, service), /^[A-Za-z0-9_./#-]{1,512}$/);
                    assert.match(names.keepTag(environment, `sha256:${"0".repeat(64)}`), /^keep\.[a-z0-9-]{1,50}\.0{12}$/);
                }
                assert.match(names.containerName(service), /^[A-Za-z0-9_-]{1,255}$/);
                assert.match(names.hostVariable(service), /^[A-Z][A-Z0-9_]*$/);
                assert.match(
                    names.repositoryName("shop", service),
                    /^(?=.{2,256}$)[a-z0-9]+([._-][a-z0-9]+)*\/[a-z0-9]+([._-][a-z0-9]+)*$/,
                );
            }),
        );
    });

    it("are others for every service", () => {
        fc.assert(
            fc.property(fc.uniqueArray(serviceName, { minLength: 2, maxLength: 20 }), validBranchName, (services, branch) => {
                const id = branchId(branch);
                const makers: readonly ((service: string) => string)[] = [
                    (service) => names.discoveryName(service),
                    (service) => names.discoveryName(service, id),
                    (service) => names.branchServiceHost("example.com", id, { name: service, main: false }),
                    (service) => names.logicalName(id, service),
                    (service) => names.targetGroupName(id, service),
                    (service) => names.targetGroupName(id, service, 3),
                    (service) => names.targetGroupName("staging", service),
                    (service) => names.containerName(service),
                    (service) => names.familyName("shop", id, service),
                    (service) => names.repositoryName("shop", service),
                ];
                for (const make of makers) assert.equal(new Set(services.map(make)).size, services.length, services.map(make).join(" "));
            }),
        );
    });

    it("of target groups are others on every load balancer", () => {
        fc.assert(
            fc.property(fc.uniqueArray(serviceName, { minLength: 1, maxLength: 20 }), validBranchName, (services, branch) => {
                const all = services.flatMap((service) => Array.from({ length: 10 }, (_, shard) => names.targetGroupName(branchId(branch), service, shard)));
                assert.equal(new Set(all).size, all.length);
            }),
        );
    });

    it("of services never are the host of a branch", () => {
        fc.assert(
            fc.property(validBranchName, serviceName, validBranchName, (branch, service, other) => {
                assert.notEqual(
                    names.branchServiceHost("example.com", branchId(branch), { name: service, main: false }),
                    names.branchMainHost("example.com", branchId(other)),
                );
            }),
        );
        // a shortened service name ends with a hash too, of the same text as the branch of that name
        assert.notEqual(names.baseHost("example.com", "a_b"), names.branchMainHost("example.com", branchId("a_b")));
    });
});

describe("what a branch id needs", () => {
    it("is neither the YAML parser nor the validation library", () => {
        const { metafile } = buildSync({
            entryPoints: ["names.ts", "branchName.ts"].map((file) => path.join(__dirname, "../../model", file)),
            bundle: true,
            write: false,
            outdir: "unused",
            platform: "node",
            packages: "external",
            metafile: true,
        });
        const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path: name }) => name));
        assert.deepEqual([...new Set(imports)], ["node:crypto"]);
    });
});
