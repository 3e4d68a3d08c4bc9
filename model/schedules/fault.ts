/** What is wrong with an expression, and where in it. */
export interface ExpressionFault {
    /** From 1. */
    readonly column: number;
    readonly message: string;
}

/** A piece of an expression that knows where it stands. */
export interface Token {
    readonly text: string;
    /** From 1. */
    readonly column: number;
}
