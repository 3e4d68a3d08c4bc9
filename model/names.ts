import { createHash } from "node:crypto";

/**
 * Every name that the program gives, one function each. They are pure, so that the program, the tool and CI agree without asking.
 * A name that AWS would refuse is made legal and closed with a hash of the original, since two originals could meet otherwise.
 */

const branchHashLength = 8;
/** Longer than a branch's hash, so that a shortened name never looks like a branch id. */
const shortenedHashLength = 10;
const branchSlugLimit = 30;
/** A label of DNS. */
const labelLimit = 63;
/** What automatic naming appends to a logical name: a hyphen and seven hex digits. */
const automaticSuffix = 8;

/**
 * DNS-safe name of a branch: a slug of at most 30 characters, a hyphen and 8 hex digits of SHA-256 of the full name's UTF-8 bytes; only
 * the digits when nothing is left of the name. At most 39 characters of `a-z`, `0-9` and single hyphens.
 * @example branchId("feature/Search") === "feature-search-ccc993c0"
 */
export function branchId(branch: string): string {
    return [slug(branch, branchSlugLimit), hash(branch, branchHashLength)].filter((part) => part !== "").join("-");
}

/** True for a label that could be the id, and with it the host, of a branch. */
export function looksLikeBranchId(label: string): boolean {
    return /(^|-)[0-9a-f]{8}$/.test(label);
}

/** True for what {@link branchId} could have returned. */
export function isBranchId(text: string): boolean {
    return /^([a-z0-9]+-)*[0-9a-f]{8}$/.test(text) && text.length <= branchSlugLimit + 1 + branchHashLength;
}

/** Pulumi stack of a branch environment. @example "branch-feature-search-ccc993c0" */
export function branchStack(id: string): string {
    return `branch-${id}`;
}

/** Host of a base's service: a label of at most 63 characters below the zone. @example "www.staging.example.com" */
export function baseHost(zone: string, label: string): string {
    return `${dnsLabel(label)}.${zone}`;
}

/** Host of a branch's main service, the branch's own address. @example "feature-search-ccc993c0.staging.example.com" */
export function branchMainHost(zone: string, id: string): string {
    return `${id}.${zone}`;
}

/** Host of a web service of a branch, be it the main one or another. @example "admin--feature-search-ccc993c0.staging.example.com" */
export function branchServiceHost(zone: string, id: string, { name, main }: { readonly name: string; readonly main: boolean }): string {
    return main ? branchMainHost(zone, id) : `${branchLabel(name, id)}.${zone}`;
}

/** Private DNS namespace of a base, which its branches share. @example "staging.internal" */
export function namespaceName(base: string): string {
    return `${base}.internal`;
}

/** Name of a service in its base's namespace, a DNS label; `id` for a branch's. @example "api--feature-search-ccc993c0" */
export function discoveryName(service: string, id?: string): string {
    return id === undefined ? dnsLabel(service) : branchLabel(service, id);
}

/** Variable under which every container finds a service's address. @example "HOST_API" */
export function hostVariable(service: string): string {
    return `HOST_${service.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
}

/** Variable with which every container finds a queue: its URL. @example "QUEUE_ORDERS" */
export function queueVariable({ name }: { readonly name: string }): string {
    return `QUEUE_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** Variable with which every container finds a bucket: its name on AWS. @example "BUCKET_UPLOADS" */
export function bucketVariable({ name }: { readonly name: string }): string {
    return `BUCKET_${name.toUpperCase().replaceAll("-", "_")}`;
}

/**
 * Queue of an environment on AWS, whose names have at most 80 characters. The underscores stand in none of the parts, so a pattern can
 * tell the queues of branches from those of bases. @example "shop_staging_orders"
 */
export function queueName(app: string, environment: string, { name, fifo }: { readonly name: string; readonly fifo: boolean }, suffix: "" | "-dead" = ""): string {
    return `${app}_${uniquePart(environment)}_${name}${suffix}${fifo ? ".fifo" : ""}`;
}

/**
 * Bucket of an environment: at most 63 characters, and no other bucket in the world may have the name, so it ends with a hash of account
 * and Region. The double hyphens stand in none of the parts, as a queue's underscores. @example "shop--staging--uploads-1f2e3d4c"
 */
export function bucketName({ app, account, region }: { readonly app: string; readonly account: string; readonly region: string }, environment: string, { name }: { readonly name: string }): string {
    return `${app}--${uniquePart(environment)}--${name}-${hash(`${account} ${region}`, branchHashLength)}`;
}

/**
 * Logical name of whatever is made for a service. A target group leaves the least room: AWS allows it 32 characters, of which automatic
 * naming needs 8. Of a branch id only the hash is taken, which is what makes it unique. @example "ccc993c0-web"
 */
export function logicalName(environment: string, service: string): string {
    return shortened(`${uniquePart(environment)}-${dnsLabel(service)}`, 32 - automaticSuffix);
}

/**
 * Logical name of a target group, in which AWS takes no two hyphens in a row. It never changes its load balancer, so beyond the first one
 * the place of that stands in the name as well. @example "ccc993c0-web", on shard 2 "ccc993c0s2-web"
 */
export function targetGroupName(environment: string, service: string, shard = 0): string {
    const label = dnsLabel(service);
    const single = label.includes("--") ? withHash(slug(label, labelLimit), label) : label;
    if (shard === 0 && single === label) return logicalName(environment, service);
    return shortened(`${uniquePart(environment)}${shard === 0 ? "" : `s${shard}`}-${single}`, 32 - automaticSuffix);
}

/** Of a branch id only the hash, where there is little room. No base is called by eight characters. */
function uniquePart(environment: string): string {
    return looksLikeBranchId(environment) ? environment.slice(-branchHashLength) : environment;
}

/** Name of a container in its task definition: at most 255 letters, digits, hyphens and underscores. */
export function containerName(service: string): string {
    return ecsName(service);
}

/** Name of a volume in its task definition: at most 255 letters, digits, hyphens and underscores. */
export function volumeName(volume: string): string {
    return ecsName(volume);
}

/** Task definition family: at most 255 letters, digits, hyphens and underscores. @example "shop-staging-web" */
export function familyName(app: string, environment: string, service: string): string {
    return ecsName(`${app}-${environment}-${service}`);
}

/** Log group: at most 512 letters, digits and `_ - / . #`. @example "/shop/staging/web" */
export function logGroupName(app: string, environment: string, service: string): string {
    return shortened(`/${app}/${environment}/${service}`, 512);
}

/** SSM parameter of a secret: at most 1011 letters, digits and `_ . - /`. @example "/shop/staging/SESSION_SECRET" */
export function parameterName(app: string, environment: string, secret: string): string {
    return `/${app}/${environment}/${secret}`;
}

/** SSM parameter in which an environment remembers the digests it runs. @example "/shop/staging/understudy/release" */
export function releaseParameterName(app: string, environment: string): string {
    return parameterName(app, environment, "understudy/release");
}

/** Table in which a base keeps what it knows of its branch environments. @example "shop-staging-registry" */
export function registryTableName(app: string, base: string): string {
    return `${app}-${base}-registry`;
}

/** IAM path of a base's roles: begins and ends with a slash, at most 512 characters. @example "/shop/staging/" */
export function rolePath(app: string, base: string): string {
    return `/${app}/${base}/`;
}

/** IAM path of the roles of a base's branches, which the base's operators may be confined to. @example "/shop/staging/branches/" */
export function branchRolePath(app: string, base: string): string {
    return `${rolePath(app, base)}branches/`;
}

/** Tags of everything that an environment consists of: only values that never change, since another tag is an update of every resource. */
export function environmentTags(app: string, environment: string): Readonly<Record<string, string>> {
    return { "understudy:app": app, "understudy:environment": environment };
}

/** How tags begin that keep an image in its repository. No branch id and no release of a base does. */
export const keepTagPrefix = "keep.";

/** Tag that keeps an image in its repository for as long as an environment may need it. @example "keep.staging.3b131ab8695c" */
export function keepTag(environment: string, digest: string): string {
    return `${keepTagsOf(environment)}${digest.replace(/^sha256:/, "").slice(0, 12)}`;
}

/** How all these tags of one environment begin. @example "keep.staging." */
export function keepTagsOf(environment: string): string {
    return `${keepTagPrefix}${environment}.`;
}

/** Host of an account's registry. @example "222222222222.dkr.ecr.eu-west-1.amazonaws.com" */
export function registryHost({ account, region }: { readonly account: string; readonly region: string }): string {
    return `${account}.dkr.ecr.${region}.amazonaws.com`;
}

/**
 * ECR repository of an own image: at most 256 lower-case letters and digits, with single `.`, `_` or `-` between them.
 * @example "shop/web"
 */
export function repositoryName(app: string, image: string): string {
    const name = `${app}/${image}`;
    const legal = /^[a-z0-9]+([._-][a-z0-9]+)*$/.test(image) && name.length <= 256;
    return legal ? name : `${app}/${withHash(slug(image, 128), image)}`;
}

/** The label itself when DNS allows it, else made legal. */
function dnsLabel(name: string): string {
    const legal = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= labelLimit;
    return legal ? name : withHash(slug(name, labelLimit - 1 - shortenedHashLength), name);
}

/** The double hyphen cannot come from a branch name, so no branch can take the name of another branch's service. */
function branchLabel(service: string, id: string): string {
    return shortened(`${dnsLabel(service)}--${id}`, labelLimit);
}

function ecsName(name: string): string {
    const legal = name.replace(/[^A-Za-z0-9_-]/g, "-");
    return legal === name ? shortened(name, 255) : withHash(legal.slice(0, 255 - 1 - shortenedHashLength), name);
}

/** Cuts a legal name that is too long. */
function shortened(name: string, limit: number): string {
    return name.length <= limit ? name : withHash(name.slice(0, limit - 1 - shortenedHashLength).replace(/-+$/, ""), name);
}

function withHash(beginning: string, original: string): string {
    return [beginning, hash(original, shortenedHashLength)].filter((part) => part !== "").join("-");
}

/** ASCII only: other scripts have letters whose lower case is ASCII, which would depend on the version of Unicode. */
function slug(text: string, limit: number): string {
    return text
        .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-/, "")
        .slice(0, limit)
        .replace(/-$/, "");
}

function hash(text: string, length: number): string {
    return createHash("sha256").update(text, "utf8").digest("hex").slice(0, length);
}
