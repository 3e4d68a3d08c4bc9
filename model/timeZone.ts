import { closestOf } from "./suggest";

/** Says why there is no such time zone, or undefined for one that EventBridge Scheduler takes. */
export function timeZoneProblem(name: string): string | undefined {
    const form = "a time zone of the IANA database is expected, such as Europe/Berlin";
    const listed = Intl.supportedValuesOf("timeZone");
    if (listed.includes(name)) return undefined;
    const otherCase = listed.find((zone) => zone.toLowerCase() === name.toLowerCase());
    if (otherCase !== undefined) return `${form}; write ${otherCase}`;
    const isAlias = !isAbbreviation(name) && /^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*)*$/.test(name) && isKnown(name);
    if (isAlias) return undefined;
    const meant = closestOf(name, listed);
    return meant === undefined ? form : `${form}; did you mean "${meant}"?`;
}

/** Node knows abbreviations of its own, such as JST, beside the few of three letters that the database has. */
function isAbbreviation(name: string): boolean {
    return /^[A-Z]{3}$/.test(name) && !["CET", "EET", "EST", "GMT", "HST", "MET", "MST", "PRC", "ROC", "ROK", "UCT", "UTC", "WET"].includes(name);
}

/** Older names, such as Asia/Kolkata for Asia/Calcutta, are known but not listed. */
function isKnown(name: string): boolean {
    try {
        return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
    } catch (error) {
        if (error instanceof RangeError) return false;
        throw error;
    }
}
