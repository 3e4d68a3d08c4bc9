/** Longer texts are cut in messages. */
const shownLength = 80;

/** What was found, short enough to be shown. */
export function shortened(text: string): string {
    return text.length <= shownLength ? text : `${text.slice(0, shownLength)}…`;
}
