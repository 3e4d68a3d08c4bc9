/**
 * The objects of a state backend, which is a folder or a bucket: the little that the engine's own commands do not tell, namely who holds a
 * lock, and the tags of many stacks at once. Keys are paths with slashes, such as `.pulumi/locks/organization/shop/staging/1.json`.
 */
export interface StateStore {
    /** They are files of this machine: so are the processes that lock them. */
    readonly local: boolean;
    /** Keys that begin with `prefix`, sorted. */
    list(prefix: string): Promise<readonly string[]>;
    /** The text of an object; undefined when there is none. */
    read(key: string): Promise<string | undefined>;
    /** Removes an object; none is fine. */
    remove(key: string): Promise<void>;
}

/** Where the engine keeps the states of a project's stacks and what is kept about them. */
export function stackFolder(project: string): string {
    return `.pulumi/stacks/${project}/`;
}

/** Where the engine keeps the locks on a stack. */
export function lockFolder(project: string, stack: string): string {
    return `.pulumi/locks/organization/${project}/${stack}/`;
}
