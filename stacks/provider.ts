import * as aws from "@pulumi/aws";
import type { Environment } from "../model/environment";
import { environmentTags } from "../model/names";

/** The one AWS provider of a stack. It refuses every account but the environment's own, and marks all that it makes with the environment. */
export function createProvider({ app, name, account, region, role }: Environment): aws.Provider {
    return new aws.Provider("aws", {
        region,
        allowedAccountIds: [account],
        assumeRoles: role === undefined ? undefined : [{ roleArn: role, sessionName: `understudy-${name}` }],
        defaultTags: { tags: environmentTags(app, name) },
    });
}
