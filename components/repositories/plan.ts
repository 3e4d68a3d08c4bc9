/** An ECR lifecycle policy document. */
export interface LifecyclePolicy {
    readonly rules: readonly LifecycleRule[];
}

interface LifecycleRule {
    /** The smaller wins; an image that one rule has matched is not looked at by the next. */
    readonly rulePriority: number;
    readonly description: string;
    readonly selection:
        | { readonly tagStatus: "tagged"; readonly tagPrefixList: readonly string[]; readonly countType: "imageCountMoreThan"; readonly countNumber: number }
        | { readonly tagStatus: "untagged"; readonly countType: "sinceImagePushed"; readonly countUnit: "days"; readonly countNumber: number };
    readonly action: { readonly type: "expire" };
}

/** Which releases a repository keeps. */
export interface KeptReleases {
    /** How the tags of releases begin. @example "staging." */
    readonly tagPrefix: string;
    /** The newest so many stay. */
    readonly count: number;
}

/** How long an image stays that lost its tag to a newer one: whoever still runs it can start tasks until then. */
export const untaggedDays = 30;

/**
 * The newest releases stay, and what has lost its tag goes after a while. An image with any other tag, such as a branch's, is not
 * removed here: only its owner knows whether it still runs.
 * See https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export function lifecyclePolicy({ tagPrefix, count }: KeptReleases): LifecyclePolicy {
    return {
        rules: [
            {
                rulePriority: 1,
                description: `keep the newest ${count} of ${tagPrefix}*`,
                selection: { tagStatus: "tagged", tagPrefixList: [tagPrefix], countType: "imageCountMoreThan", countNumber: count },
                action: { type: "expire" },
            },
            {
                rulePriority: 2,
                description: `keep what has no tag for ${untaggedDays} days`,
                selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: untaggedDays },
                action: { type: "expire" },
            },
        ],
    };
}
