import { Refusal, unlessMissing } from "../../errors";
import type { Aws } from "../../session";

/** AWS's code for a zone that is not there. */
export const noSuchZone = "NoSuchHostedZone";

/** The domain of a zone, without the dot at its end; undefined when the zone is gone. */
export async function findZone(id: string, aws: Aws): Promise<string | undefined> {
    const found = await unlessMissing((await aws.route53()).getHostedZone({ Id: id }), noSuchZone);
    return found?.HostedZone?.Name === undefined ? undefined : withoutDot(found.HostedZone.Name);
}

/** The domain of a zone that must be there. */
export async function zoneNamed(id: string, aws: Aws): Promise<string> {
    const name = await findZone(id, aws);
    if (name === undefined) throw new Refusal(noSuchZone, `No hosted zone found with ID: ${id}`);
    return name;
}

/** The full name of a record, which may be written without the zone. */
export function expand(name: string, zoneName: string): string {
    const plain = withoutDot(name).toLowerCase();
    return plain === zoneName || plain.endsWith(`.${zoneName}`) ? plain : [plain, zoneName].filter((part) => part !== "").join(".");
}

/** @example withoutDot("example.com.") is "example.com" */
export function withoutDot(name: string): string {
    return name.replace(/\.$/, "");
}

/** Domain names have no case, and may end in a dot. */
export function sameDomain(one: string, other: string): boolean {
    return withoutDot(one).toLowerCase() === withoutDot(other).toLowerCase();
}
