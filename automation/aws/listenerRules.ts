import type { Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Clients } from "./clients";

/** The most that one answer holds. */
const PageSize = 400;

/** All rules of a listener, the default one too. A listener may have more than an answer holds when nobody says how many. */
export async function listRules(aws: Pick<Clients, "elb">, ListenerArn: string): Promise<readonly Rule[]> {
    const elb = await aws.elb();
    const rules: Rule[] = [];
    let Marker: string | undefined;
    do {
        const page = await elb.describeRules({ ListenerArn, PageSize, Marker });
        rules.push(...(page.Rules ?? []));
        Marker = page.NextMarker;
    } while (Marker !== undefined);
    return rules;
}
