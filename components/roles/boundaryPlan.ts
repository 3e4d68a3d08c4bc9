import { policy, type Place, type Policy } from "./policy";
import { openShell, pullImages, readSecrets, useBuckets, useQueues, writeLogs } from "./statements";

/** What the branches of one base have in common. */
export interface BoundaryNeeds extends Place {
    /** @example "shop" */
    readonly app: string;
    /** SSM parameters of the base that branches may read. @example ["/shop/staging/SESSION_SECRET"] */
    readonly sharedParameters: readonly string[];
    /** Customer KMS key of the parameters; absent: the account's own. */
    readonly secretsKeyArn?: string;
}

/**
 * Every branch id ends in eight hex digits, and nothing may stand before them but a slug and its hyphen: these patterns fit all
 * branches, and no base (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
 */
const branchIds = ["????????", "*-????????"];
/** The eight digits alone stand in the names of queues and buckets: no base is called by eight characters, and no part holds the separator. */
const branchHash = "????????";

/**
 * The most that any role of a branch may ever do, whatever policy a branch writes: run the application's images, write to branches'
 * logs, read the secrets that the base shares and those of branches, use branches' queues and buckets, open a shell.
 */
export function branchBoundary({ sharedParameters, secretsKeyArn, ...where }: BoundaryNeeds): Policy {
    const ofBranches = branchIds.map((id) => `/${where.app}/${id}/*`);
    return policy(
        ...pullImages(where, [`${where.app}/*`]),
        ...writeLogs(where, ofBranches),
        ...readSecrets(where, [...[...sharedParameters].sort(), ...ofBranches], secretsKeyArn),
        ...useQueues(where, [`${where.app}_${branchHash}_*`]),
        ...useBuckets([`${where.app}--${branchHash}--*`]),
        openShell,
    );
}
