/** One rule of a bucket's lifecycle, in S3's terms. */
export interface LifecycleRule {
    readonly id: string;
    readonly status: "Enabled";
    readonly filter: { readonly prefix: "" };
    readonly expiration?: { readonly days: number };
    readonly noncurrentVersionExpiration?: { readonly noncurrentDays: number };
    readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation: number };
}

/** Parts of an upload that nobody has finished are paid for and seen nowhere. */
const unfinishedDays = 7;

/** What S3 removes by itself (https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html). */
export function lifecycleRules({ versioned, expiryDays }: { readonly versioned: boolean; readonly expiryDays?: number }): readonly LifecycleRule[] {
    const everything = { status: "Enabled", filter: { prefix: "" } } as const;
    const unfinished = { ...everything, id: "unfinished uploads", abortIncompleteMultipartUpload: { daysAfterInitiation: unfinishedDays } };
    if (expiryDays === undefined) return [unfinished];
    const expired = {
        ...everything,
        id: "expired objects",
        expiration: { days: expiryDays },
        ...(versioned && { noncurrentVersionExpiration: { noncurrentDays: expiryDays } }),
    };
    return [unfinished, expired];
}
