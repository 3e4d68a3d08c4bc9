import type { Arguments, InputsOf, KnownOf } from "./arguments";
import type { Aws } from "./session";
import type { Props } from "./values";

/** A name the provider makes when the program gives none: the logical name, a hyphen and seven hexadecimal digits. */
export interface AutoName {
    /** The argument that holds the name. */
    readonly argument: string;
    /** A longer one is refused. */
    readonly maxLength: number;
    /** Gives it the form that the type asks for, by the other arguments where they matter. */
    readonly shape?: (name: string, inputs: Props) => string;
}

/** Something about the inputs that AWS would refuse. */
export interface Failure {
    /** The argument it concerns. */
    readonly property: string;
    /** What is allowed, without the value that was found: it may be a secret. */
    readonly reason: string;
}

/** What an update has to do. */
export interface Update<A extends Arguments> {
    readonly news: InputsOf<A>;
    /** As AWS has it now. */
    readonly current: Props;
    /** Names of the arguments to bring from `current` to `news`; those that make a new resource are never among them. */
    readonly changed: ReadonlySet<keyof A & string>;
}

/**
 * One resource type of the AWS provider: what it takes, and how it is made, read, changed and removed. Errors of AWS leave the
 * functions as they are.
 */
export interface ResourceType<A extends Arguments = Arguments> {
    /** @example "aws:ec2/vpc:Vpc" */
    readonly token: string;
    readonly arguments: A;
    /** What AWS adds to the arguments, by name. */
    readonly outputs: readonly string[];
    readonly autoName?: AutoName;
    /** Two of them cannot be there at once, whatever their names, so a replacement removes the old one first. */
    readonly deleteFirst?: true;
    /** Outputs that an update changes: a preview does not know them. */
    readonly volatile?: readonly string[];
    /**
     * What AWS refuses and can be seen from the inputs alone. `known` has what was given and is known; `given` says whether an argument
     * was given at all.
     */
    limits?(known: KnownOf<A>, given: (name: keyof A & string) => boolean): readonly Failure[];
    /** Makes it and returns its id. Calls `made` as soon as it exists, when there are steps after that. */
    create(inputs: InputsOf<A>, aws: Aws, made: (id: string) => void): Promise<string>;
    /**
     * Arguments and outputs as AWS has them, undefined when it is gone. An argument AWS says nothing about is left out, one that is not
     * set is null. `state` is what was known of it, empty when it is imported. A different `id` is given as `id`.
     */
    read(id: string, aws: Aws, state: Props): Promise<Actual | undefined>;
    /** Missing where every argument makes a new resource. */
    update?(id: string, update: Update<A>, aws: Aws): Promise<void>;
    /** Removes it; one that is gone already is no error. */
    delete(id: string, aws: Aws, state: Props): Promise<void>;
}

/** A resource as AWS has it: arguments by name (null: not set), then outputs. */
export type Actual = Readonly<Record<string, unknown>>;

/** Checks a resource type against its own arguments, and gives it the form in which all of them can stand in one table. */
export function resourceType<const A extends Arguments>(type: ResourceType<A>): ResourceType;
export function resourceType(type: ResourceType): ResourceType {
    return type;
}
