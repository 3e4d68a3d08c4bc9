import type { LifecyclePolicy, LifecycleSelection } from "../../components/repositories/plan";

/** An image as the evaluator of lifecycle policies sees it. */
export interface StoredImage {
    readonly digest: string;
    readonly tags: readonly string[];
    /** In days, from any day on. */
    readonly pushed: number;
    /** The images of a manifest list. */
    readonly lists?: readonly string[];
}

/**
 * Digests that ECR expires, by its own rules (https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules):
 * every rule identifies images and marks some of them, as if no other rule had; then they are applied in the order of their priorities, where
 * an image that a rule has identified by its tags is out of reach of all later ones, marked or not. What a manifest list needs stays as long as
 * the list does. A model of what AWS says, since no emulator evaluates these policies.
 */
export function expired(policy: LifecyclePolicy, images: readonly StoredImage[], today: number): ReadonlySet<string> {
    const gone = new Set<string>();
    const seen = new Set<string>();
    const listed = new Set(images.flatMap(({ lists = [] }) => lists));
    for (const { selection } of policy.rules.toSorted((one, other) => one.rulePriority - other.rulePriority)) {
        const identified = images.filter((image) => isIdentified(selection, image));
        for (const { digest } of marked(selection, identified, today)) if (!seen.has(digest) && !listed.has(digest)) gone.add(digest);
        for (const { digest } of identified) seen.add(digest);
    }
    return gone;
}

function isIdentified(selection: LifecycleSelection, { tags }: StoredImage): boolean {
    switch (selection.tagStatus) {
        case "any":
            return true;
        case "untagged":
            return tags.length === 0;
        case "tagged":
            return selection.tagPrefixList.every((prefix) => tags.some((tag) => tag.startsWith(prefix)));
    }
}

/** The oldest ones go first. */
function marked(selection: LifecycleSelection, identified: readonly StoredImage[], today: number): readonly StoredImage[] {
    if (selection.countType === "imageCountMoreThan") return identified.toSorted((one, other) => other.pushed - one.pushed).slice(selection.countNumber);
    return identified.filter(({ pushed }) => today - pushed > selection.countNumber);
}
