import { closestOf } from "./suggest";
import { otherTimeZones } from "./timeZoneNames";

/** Says why there is no such time zone, or undefined for one that EventBridge Scheduler takes: those of the IANA database, as it writes them. */
export function timeZoneProblem(name: string): string | undefined {
    const form = "a time zone of the IANA database is expected, such as Europe/Berlin";
    const names = new Set([...Intl.supportedValuesOf("timeZone"), ...otherTimeZones]);
    if (names.has(name)) return undefined;
    const otherCase = [...names].find((zone) => zone.toLowerCase() === name.toLowerCase());
    if (otherCase !== undefined) return `${form}; write ${otherCase}`;
    const places = [...names].filter((zone) => zone.includes("/")); // of short names any other is a slip away
    const meant = closestOf(name, places);
    return meant === undefined ? form : `${form}; did you mean "${meant}"?`;
}
