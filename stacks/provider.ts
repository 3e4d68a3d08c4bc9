import * as aws from "@pulumi/aws";
import type { Environment } from "../model/environment";

/**
 * The one AWS provider of a stack. It refuses every account but the environment's own, and marks all that it makes with the
 * environment; only with values that never change, since another tag is an update of every resource.
 */
export function createProvider({ app, name, account, region, role }: Environment): aws.Provider {
    return new aws.Provider("aws", {
        region,
        allowedAccountIds: [account],
        assumeRoles: role === undefined ? undefined : [{ roleArn: role, sessionName: `understudy-${name}` }],
        defaultTags: { tags: { "understudy:app": app, "understudy:environment": name } },
    });
}
