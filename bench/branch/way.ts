/** A way of making and removing the environment of a branch. */
export interface Way {
    /** Makes it, or finds that nothing has to be changed. */
    up(): Promise<Phase>;
    down(): Promise<Phase>;
}

/** What one call took, in seconds. */
export interface Phase {
    readonly seconds: number;
    /** Only ours tells. */
    readonly parts?: Parts;
}

/** Where the time of one call went; a moment belongs to the first of these that applies. */
export interface Parts {
    /** Waiting until the services are healthy, once the resources are there. */
    readonly waiting: number;
    /** The provider works on at least one resource. */
    readonly provider: number;
    /** The program's process runs. */
    readonly program: number;
    /** A command of the engine runs. */
    readonly engine: number;
    /** Everything else: reading settings and state, looking up images, checking the account, removing task definitions. */
    readonly own: number;
}
