/** Limit of the names of load balancers and target groups. */
export function nameLimit(name: string): string | undefined {
    if (name.length > 32) return `must have at most 32 characters; it has ${name.length}`;
    if (!/^[a-zA-Z0-9-]+$/.test(name)) return "can only contain letters, digits and hyphens";
    if (name.startsWith("-") || name.endsWith("-")) return "must not begin or end with a hyphen";
    return name.startsWith("internal-") ? 'must not begin with "internal-"' : undefined;
}

/** The last part of the ARN, by which CloudWatch names the thing. @example "app/shop/50dc6c495c0c9188" */
export function arnSuffix(arn: string): string {
    return arn
        .split(":")
        .slice(5)
        .join(":")
        .replace(/^loadbalancer\//, "");
}
