import { TaskRoles } from "../components/roles/taskRoles";
import { planRules } from "../components/routing/plan";
import type { Environment } from "../model/environment";
import type { BranchSettings } from "../model/settings";
import { borrowContract, borrowingProblems } from "./borrowing";
import { needsOf } from "./needs";
import type { EnvironmentOutputs, Pending } from "./outputs";
import { createProvider } from "./provider";
import { refuse } from "./refuse";
import { findRelease, requireRelease } from "./release";
import { nameOf, routesOf, runServices } from "./services";
import { placeOnShard } from "./shard";
import { makeStorage } from "./storage";

/**
 * A branch environment: the services of one git branch on its base's network, load balancer and cluster. It owns nothing that waits for
 * a network interface to go, a certificate to be issued or a name to spread, so that it comes and goes as fast as its tasks do.
 */
export async function branch(environment: Environment, settings: BranchSettings): Promise<Pending<EnvironmentOutputs>> {
    const base = await borrowContract(environment, settings);
    const provider = createProvider(environment);
    const opts = { providers: [provider] };

    const { release, onDemand, problems } = requireRelease(environment, await findRelease(environment, settings, provider));
    const { ingress, furtherShard, problems: shardProblems } = placeOnShard(settings, base);
    refuse(environment.name, [...borrowingProblems(environment, settings.base, base), ...shardProblems, ...problems]);

    // No priorities: hosts of branches exclude each other, and the provider finds the next one above the base's floor rule.
    const { rules } = planRules(routesOf(environment), base.ingress.sourceAddresses);

    // One pair of roles for all services: an account holds 1,000 roles (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
    const roles = new TaskRoles(
        nameOf(environment, "services"),
        {
            needs: needsOf(environment, [...environment.services, ...environment.tasks], base.secretsKeyArn),
            path: base.branchRolePath,
            permissionsBoundaryArn: base.permissionsBoundaryArn,
        },
        opts,
    );
    const storage = makeStorage(environment, true, opts);
    const foundation = { ...base, ingress };
    return runServices({ environment, storage, foundation, rules, ...(furtherShard && { furtherShard }), release, onDemand, logRetention: settings.logRetention, rolesOf: () => roles, opts });
}
