import { sourcesIn } from "./sources";

/** AWS clients of automation/ by the accessor that gives one: the service prefix that IAM uses, and the package. */
const clients = {
    acm: ["acm", "client-acm"],
    dynamodb: ["dynamodb", "client-dynamodb"],
    ec2: ["ec2", "client-ec2"],
    ecs: ["ecs", "client-ecs"],
    ecr: ["ecr", "client-ecr"],
    elb: ["elasticloadbalancing", "client-elastic-load-balancing-v2"],
    iam: ["iam", "client-iam"],
    logs: ["logs", "client-cloudwatch-logs"],
    discovery: ["servicediscovery", "client-servicediscovery"],
    quotas: ["servicequotas", "client-service-quotas"],
    route53: ["route53", "client-route-53"],
    s3: ["s3", "client-s3"],
    sqs: ["sqs", "client-sqs"],
    ssm: ["ssm", "client-ssm"],
} as const;

/** Operations that need a permission of another name. */
const permissions: Readonly<Record<string, string>> = { "s3:HeadBucket": "s3:ListBucket", "s3:ListBuckets": "s3:ListAllMyBuckets", "dynamodb:TransactWriteItems": "dynamodb:UpdateItem" };

/**
 * Actions that the tool itself calls, found in its sources: methods that are operations of a client which the same file asks for (one that
 * several of those clients have counts for each), and paginators. `sts:GetCallerIdentity` needs no permission and is left out.
 */
export async function actionsOfTool(): Promise<readonly string[]> {
    const found = new Set<string>();
    for (const source of sourcesIn("automation")) {
        const methods = [...source.matchAll(/\.(\w+)\(/g)].map(([, name = ""]) => name.charAt(0).toUpperCase() + name.slice(1));
        for (const [accessor, [prefix, module]] of Object.entries(clients)) {
            if (!source.includes(`.${accessor}()`)) continue;
            const operations = (await import(`@aws-sdk/${module}`)) as object;
            const imported = [...source.matchAll(new RegExp(`\\{([^{}]*)\\} = await import\\("@aws-sdk/${module}"\\)`, "g"))].map(([, names = ""]) => names);
            const paginated = [...imported.join().matchAll(/\bpaginate(\w+)/g)].map(([, name = ""]) => name);
            for (const name of [...methods, ...paginated]) if (`${name}Command` in operations) found.add(permissions[`${prefix}:${name}`] ?? `${prefix}:${name}`);
        }
    }
    return [...found].sort();
}
