/** One of git's rules for the name of a branch. */
interface Rule {
    readonly breaks: (name: string) => boolean;
    /** Follows "a branch name …". */
    readonly reason: string;
}

const components = (name: string): readonly string[] => name.split("/");

/** As `git check-ref-format --branch` has them: the ref is `refs/heads/<name>`, so a name of one part is complete. */
const rules: readonly Rule[] = [
    { breaks: (name) => name === "", reason: "must not be empty" },
    { breaks: (name) => name === "HEAD", reason: "must not be HEAD" },
    { breaks: (name) => name.startsWith("-"), reason: "must not begin with a hyphen" },
    { breaks: (name) => /[\u0000-\u001f\u007f]/.test(name), reason: "must not contain control characters" },
    { breaks: (name) => name.includes(" "), reason: "must not contain spaces" },
    { breaks: (name) => /[~^:?*[\\]/.test(name), reason: "must not contain any of ~ ^ : ? * [ \\" },
    { breaks: (name) => name.includes(".."), reason: 'must not contain ".."' },
    { breaks: (name) => name.includes("@{"), reason: 'must not contain "@{"' },
    { breaks: (name) => name.startsWith("/") || name.endsWith("/"), reason: "must not begin or end with a slash" },
    { breaks: (name) => name.includes("//"), reason: "must not contain two slashes in a row" },
    { breaks: (name) => name.endsWith("."), reason: "must not end with a dot" },
    { breaks: (name) => components(name).some((part) => part.startsWith(".")), reason: "must not have a part that begins with a dot" },
    { breaks: (name) => components(name).some((part) => part.endsWith(".lock")), reason: 'must not have a part that ends with ".lock"' },
];

/**
 * Says why git would refuse a branch of this name, or undefined for a name that it takes.
 * @example branchNameProblem("a..b") === 'a branch name must not contain ".."'
 */
export function branchNameProblem(name: string): string | undefined {
    const rule = rules.find(({ breaks }) => breaks(name));
    return rule && `a branch name ${rule.reason}`;
}
