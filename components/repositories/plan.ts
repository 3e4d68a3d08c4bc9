import { keepTagPrefix } from "../../model/names";

/** An ECR lifecycle policy document. */
export interface LifecyclePolicy {
    readonly rules: readonly LifecycleRule[];
}

export interface LifecycleRule {
    /** The smaller wins; an image whose tags one rule is about is not removed by the next. */
    readonly rulePriority: number;
    readonly description: string;
    readonly selection: LifecycleSelection;
    readonly action: { readonly type: "expire" };
}

export type LifecycleSelection = ({ readonly tagStatus: "tagged"; readonly tagPrefixList: readonly string[] } | { readonly tagStatus: "untagged" | "any" }) &
    (
        | { readonly countType: "imageCountMoreThan"; readonly countNumber: number }
        | { readonly countType: "sinceImagePushed"; readonly countUnit: "days"; readonly countNumber: number }
    );

/** Which releases a repository keeps. */
export interface KeptReleases {
    /** How the tags of releases begin. @example "staging." */
    readonly tagPrefix: string;
    /** The newest so many stay. */
    readonly count: number;
}

/**
 * How long after its push an image stays that has no tag: somebody may have written down its digest, to go back to it. ECR does not know when
 * an image has lost its last tag, so one that was pushed longer ago goes at once.
 */
export const untaggedDays = 30;

/** No image gets as old. A rule cannot say "never", and a number of images could be reached. */
const never = 36_500; // days

/**
 * What an environment needs stays, of the rest the newest releases, and what has no tag goes once it is old enough. An image with any other
 * tag, such as a branch's, is not removed here: only its owner knows when it may go.
 *
 * "An image that matches the tagging requirements of a rule cannot be expired by a rule with a lower priority": so the first rule, which
 * expires nothing, takes the images of all environments away from the other two, whatever other tags they have and however old they are. See
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules
 */
export function lifecyclePolicy({ tagPrefix, count }: KeptReleases): LifecyclePolicy {
    return {
        rules: [
            {
                rulePriority: 1,
                description: `keep what environments need, ${keepTagPrefix}*`,
                selection: { tagStatus: "tagged", tagPrefixList: [keepTagPrefix], countType: "sinceImagePushed", countUnit: "days", countNumber: never },
                action: { type: "expire" },
            },
            {
                rulePriority: 2,
                description: `keep the newest ${count} of ${tagPrefix}*`,
                selection: { tagStatus: "tagged", tagPrefixList: [tagPrefix], countType: "imageCountMoreThan", countNumber: count },
                action: { type: "expire" },
            },
            {
                rulePriority: 3,
                description: `keep what has no tag for ${untaggedDays} days`,
                selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: untaggedDays },
                action: { type: "expire" },
            },
        ],
    };
}
