/** What S3 answers when there is no such bucket. */
export const gone = "NoSuchBucket";

const allowed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const address = /^\d+\.\d+\.\d+\.\d+$/;
const reserved = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;

export function nameLimit(name: string): string | undefined {
    if (!allowed.test(name) || name.includes("..")) {
        return "must have 3 to 63 lower-case letters, digits, hyphens and single periods, with a letter or digit at both ends";
    }
    if (address.test(name)) return "must not be formatted as an IP address";
    return reserved.test(name) ? "must not begin or end with what S3 keeps for itself" : undefined;
}
