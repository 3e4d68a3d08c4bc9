import * as pulumi from "@pulumi/pulumi";
import { BranchBoundary } from "../components/roles/branchBoundary";
import type { Environment } from "../model/environment";
import { branchRolePath, parameterName, rolePath } from "../model/names";
import type { BaseSettings } from "../model/settings";
import { contractVersion, type Contract } from "./contract";
import type { Foundation } from "./foundation";

/** What a base lends to its branches, and the boundary around what they may do with it. */
export function publishContract(
    environment: Environment,
    settings: BaseSettings,
    foundation: Foundation,
    services: readonly string[],
    opts: pulumi.ComponentResourceOptions,
): pulumi.Output<Contract> {
    const { app, name, account, region, zone } = environment;
    const { sharedSecrets, secretsKey } = settings;
    const boundary = new BranchBoundary(
        "branches",
        {
            policyName: `${app}-${name}-branches`,
            path: rolePath(app, name),
            needs: {
                app,
                account,
                region,
                sharedParameters: sharedSecrets.map((secret) => parameterName(app, name, secret)),
                secretsKeyArn: secretsKey,
            },
        },
        opts,
    );
    return pulumi.output({
        version: contractVersion,
        app,
        base: settings.kind,
        account,
        region,
        zone,
        ...foundation,
        permissionsBoundaryArn: boundary.arn,
        branchRolePath: branchRolePath(app, name),
        services,
        sharedSecrets,
        secretsKeyArn: secretsKey,
    });
}
