/**
 * Like `Promise.all`, but it ends when all of them have ended: nothing goes on, or tells of itself, behind the back of a call that has failed.
 * Of several failures the first of the list counts, whichever came first.
 */
export async function together<T extends readonly unknown[]>(work: { readonly [K in keyof T]: Promise<T[K]> }): Promise<T> {
    await Promise.allSettled(work);
    return await Promise.all(work);
}
