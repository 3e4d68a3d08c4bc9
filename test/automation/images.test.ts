import assert from "node:assert/strict";
import type { Clients } from "../../automation/aws/clients";
import { planImages, resolveImages, type ImageChoice } from "../../automation/aws/images";
import type { Digests } from "../../automation/settings/privateSettings";

const own = [
    { name: "web", services: ["web", "worker"] },
    { name: "api", services: ["api"] },
];
const shop = { kind: "staging" as const, app: "shop", account: "222222222222", region: "eu-west-1", images: own };
const digest = `sha256:${"1".repeat(64)}`;
const other = `sha256:${"2".repeat(64)}`;

function tag(image: string, imageTag: string): object {
    return { image, repository: `shop/${image}`, id: { imageTag } };
}

describe("the choice of images", () => {
    const rows: readonly { readonly what: string; readonly choice: ImageChoice; readonly running?: Digests; readonly plan: object }[] = [
        { what: "is one tag for all", choice: { release: "1.4.2" }, plan: { wanted: [tag("web", "1.4.2"), tag("api", "1.4.2")], kept: {} } },
        { what: "is another one where it is named", choice: { release: "1.4.2", images: { api: "pr-12" } }, plan: { wanted: [tag("web", "1.4.2"), tag("api", "pr-12")], kept: {} } },
        { what: "may name a service of the image", choice: { release: "1", images: { worker: "2" } }, plan: { wanted: [tag("web", "2"), tag("api", "1")], kept: {} } },
        { what: "keeps what runs where nothing is named", choice: { images: { web: "2" } }, running: { web: digest, api: other }, plan: { wanted: [tag("web", "2")], kept: { api: other } } },
        {
            what: "may be a digest, also behind the repository's name",
            choice: { images: { web: digest, api: `222222222222.dkr.ecr.eu-west-1.amazonaws.com/shop/api:x@${other}` } },
            plan: {
                wanted: [
                    { image: "web", repository: "shop/web", id: { imageDigest: digest } },
                    { image: "api", repository: "shop/api", id: { imageDigest: other } },
                ],
                kept: {},
            },
        },
        { what: "may be a tag behind the repository's name", choice: { release: "1", images: { web: "shop/web:7" } }, plan: { wanted: [tag("web", "7"), tag("api", "1")], kept: {} } },
    ];
    for (const { what, choice, running = {}, plan } of rows) it(what, () => assert.deepEqual(planImages(shop, choice, running), plan));

    for (const release of ["1.4.2", "v3", "2026-03-01", "deadbee", digest]) {
        it(`of production may be ${release}`, () => assert.equal(planImages({ ...shop, kind: "production" }, { release }, {}).wanted.length, 2));
    }
    for (const release of ["latest", "main", "stable"]) {
        it(`of production may not be ${release}, which moves`, () => {
            const rest = `the tag ${release} moves, so nobody could say later what production ran; give a release, such as 1.4.2, or a digest`;
            assert.throws(() => planImages({ ...shop, kind: "production" }, { release: "1.4.2", images: { web: release } }, {}), { kind: "settings", message: `image web: ${rest}` });
            assert.doesNotThrow(() => planImages(shop, { release }, {}));
        });
    }

    it("does not take for an image what every object has", () => {
        const images = [{ name: "constructor", services: ["constructor"] }];
        assert.throws(() => planImages({ ...shop, images }, {}, {}), { message: "nothing says which image constructor should run: give a release, or a tag for it" });
    });

    const wrong: readonly { readonly choice: ImageChoice; readonly message: string }[] = [
        { choice: { release: "1", images: { shop: "2" } }, message: "shop is no service or image of the application; there are: web, worker, api" },
        { choice: { release: "1", images: { web: "2", worker: "3" } }, message: "image web is both 2 and 3; its services (web, worker) run the same one" },
        { choice: { images: { web: "2" } }, message: "nothing says which image api should run: give a release, or a tag for it" },
        { choice: { release: "1", images: { web: "example.com/other/web:1" } }, message: "image web: example.com/other/web:1 is not in its repository 222222222222.dkr.ecr.eu-west-1.amazonaws.com/shop/web; push it there" },
        { choice: { release: "1", images: { web: "localhost:5000/shop/web:7" } }, message: "image web: localhost:5000/shop/web:7 is not in its repository 222222222222.dkr.ecr.eu-west-1.amazonaws.com/shop/web; push it there" },
        { choice: { release: "1", images: { web: "sha256:12" } }, message: "image web: sha256:12 is no digest; one is sha256: and 64 hex digits" },
        { choice: { release: "a b" }, message: "image web: a b is no tag; one has at most 128 letters, digits and . _ -\nimage api: a b is no tag; one has at most 128 letters, digits and . _ -" },
        { choice: { release: "1", images: { web: "shop/web" } }, message: "image web: shop/web is no tag; one has at most 128 letters, digits and . _ -" },
    ];
    for (const { choice, message } of wrong) {
        it(`fails on ${JSON.stringify(choice)}`, () => assert.throws(() => planImages(shop, choice, {}), { kind: "settings", message }));
    }
});

/** A registry that has these tags, by repository. */
function registry(images: Readonly<Record<string, Readonly<Record<string, string>>>>): Clients {
    const describeImages = ({ repositoryName, imageIds }: { repositoryName: string; imageIds: [{ imageTag?: string; imageDigest?: string }] }) => {
        const repository = images[repositoryName];
        const [{ imageTag = "", imageDigest }] = imageIds;
        const found = imageDigest ?? repository?.[imageTag];
        const name = repository === undefined ? "RepositoryNotFoundException" : "ImageNotFoundException";
        return found === undefined ? Promise.reject(Object.assign(new Error("no"), { name })) : Promise.resolve({ imageDetails: [{ imageDigest: found }] });
    };
    return { ecr: () => Promise.resolve({ describeImages }) } as unknown as Clients;
}

describe("the images in the registry", () => {
    it("are told by their digests", async () => {
        const plan = planImages(shop, { images: { web: "pr-1" } }, { api: other });
        assert.deepEqual(await resolveImages(registry({ "shop/web": { "pr-1": digest } }), plan, {}), { web: digest, api: other });
    });

    it("are all named when they are missing", async () => {
        const plan = planImages(shop, { release: "pr-1", images: { api: digest } }, {});
        await assert.rejects(resolveImages(registry({ "shop/web": {}, "shop/api": {} }), plan, {}), {
            kind: "image-missing",
            message: "this image is not in the registry: shop/web:pr-1",
        });
        await assert.rejects(resolveImages(registry({}), planImages(shop, { release: "pr-1" }, {}), {}), {
            kind: "image-missing",
            message: "these images are not in the registry: shop/web:pr-1, shop/api:pr-1",
            advice: "build and push it, or choose another one with --image",
        });
    });

    it("come anew in a local world by what works there", async () => {
        await assert.rejects(resolveImages(registry({}), planImages(shop, { release: "1.0.0" }, {}), { frontDoor: "http://localhost:4000" }), {
            kind: "image-missing",
            advice: "leave out --release and --image to push and run the commit that is checked out; `understudy local up` makes anew what is missing of the sample, with its release",
        });
    });

    for (const { choice, words } of [
        { choice: { release: "1.4.2" }, words: "1.4.2" },
        { choice: { release: "1.4.2", images: { api: "1.4.3" } }, words: "--image web=1.4.2 --image api=1.4.3" },
        { choice: { images: { web: other, api: "1" } }, words: "--image api=1" },
        { choice: { images: { api: "1" } }, words: "--image api=1" },
    ] as const) {
        it(`that production lacks may be copied there: ${JSON.stringify(choice)}`, async () => {
            const plan = planImages({ ...shop, kind: "production" }, choice, { web: digest });
            await assert.rejects(resolveImages(registry({ "shop/web": {}, "shop/api": {} }), plan, {}), {
                kind: "image-missing",
                advice: `copy it from staging with \`understudy release copy ${words}\`, or choose another one`,
            });
        });
    }

    it("of all services of an image are one, whichever of them is named", async () => {
        const { wanted } = planImages(shop, { images: { worker: "2", api: "1" } }, {});
        assert.deepEqual(wanted.map(({ image, id }) => [image, id]), [["web", { imageTag: "2" }], ["api", { imageTag: "1" }]]);
        const digests = await resolveImages(registry({ "shop/web": { 2: digest }, "shop/api": { 1: other } }), { wanted, kept: {} }, {});
        assert.deepEqual(digests, { web: digest, api: other });
    });

    it("are asked for once each", async () => {
        let asked = 0;
        const known = registry({ "shop/web": { 1: digest }, "shop/api": { 1: other } });
        const counting = { ecr: () => Promise.resolve({ describeImages: (request: never) => ((asked += 1), known.ecr().then((ecr) => ecr.describeImages(request))) }) } as unknown as Clients;
        await resolveImages(counting, planImages(shop, { release: "1" }, {}), {});
        assert.equal(asked, 2);
    });

    it("fail with the credentials when AWS does not take them", async () => {
        const expired = Object.assign(new Error("The security token included in the request is expired"), { name: "ExpiredTokenException" });
        const aws = { ecr: () => Promise.resolve({ describeImages: () => Promise.reject(expired) }) } as unknown as Clients;
        await assert.rejects(resolveImages(aws, planImages(shop, { release: "1" }, {}), {}), {
            kind: "credentials",
            message: "could not look up the image shop/web: the AWS credentials have expired (The security token included in the request is expired)",
        });
    });
});
