import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "../components/cluster/cluster";
import { Discovery } from "../components/discovery/discovery";
import { Network } from "../components/network/network";
import { Registry } from "../components/registry/registry";
import { Repositories } from "../components/repositories/repositories";
import { TaskRoles } from "../components/roles/taskRoles";
import { planRules } from "../components/routing/plan";
import type { Environment, EnvironmentTask } from "../model/environment";
import { namespaceName, registryTableName, repositoryName, rolePath } from "../model/names";
import type { BaseSettings } from "../model/settings";
import type { Foundation } from "./foundation";
import { chooseIngress, type ChosenIngress } from "./ingress";
import { publishContract } from "./lending";
import { needsOf } from "./needs";
import type { BaseOutputs, EnvironmentOutputs, Pending } from "./outputs";
import { createProvider } from "./provider";
import { refuse, settingsProblem } from "./refuse";
import { findRelease } from "./release";
import { nameOf, routesOf, runServices } from "./services";
import { makeStorage } from "./storage";

/** In what production, staging and dev differ beyond their settings. */
export interface Character {
    /** Whether branch environments may stand on it. */
    readonly lendsToBranches: boolean;
    /** Metrics of every task, paid by the metric. */
    readonly containerInsights: "enabled" | "disabled";
    /** How many releases each repository keeps. */
    readonly keptReleases: number;
    /** Whether any moment of the registry's last 35 days can be had back. */
    readonly pointInTimeRecovery: boolean;
}

/** A long-lived environment: what services stand on, what branches may borrow of it, and services as soon as there is a release. */
export async function buildBase(environment: Environment, settings: BaseSettings, character: Character): Promise<Pending<BaseOutputs>> {
    const provider = createProvider(environment);
    const opts = { providers: [provider] };

    const way = await chooseIngress(environment, settings, provider);
    const { release, onDemand, problems } = await findRelease(environment, settings, provider);
    const routing = planRules(routesOf(environment), way.sourceAddresses, way.priorities);
    refuse(environment.name, [...problems, ...routing.problems.map((problem) => settingsProblem("ingress.priorities", problem))]);

    const foundation = layFoundation(environment, settings, character, way, opts);
    const storage = makeStorage(environment, !settings.deletionProtection, opts);
    const running = release === undefined ? [] : environment.services.map((service) => service.name);
    const contract = character.lendsToBranches ? { contract: publishContract(environment, settings, foundation, running, opts) } : {};
    if (release === undefined) return { ...withoutServices(environment), ...contract };

    const { logRetention, secretsKey } = settings;
    const path = rolePath(environment.app, environment.name);
    const rolesOf = (task: EnvironmentTask): TaskRoles =>
        new TaskRoles(nameOf(environment, task.name), { needs: needsOf(environment, [task], secretsKey), path }, opts);
    return { ...runServices({ environment, foundation, rules: routing.rules, release, onDemand, logRetention, rolesOf, storage, opts }), ...contract };
}

/** Everything that services need before there is any. */
function layFoundation(
    { app, name, images }: Environment,
    { network: networkSettings, capacity, deletionProtection }: BaseSettings,
    { containerInsights, keptReleases, pointInTimeRecovery }: Character,
    way: ChosenIngress,
    opts: pulumi.ComponentResourceOptions,
): Foundation {
    const network = new Network("network", { network: networkSettings }, opts);
    const ingress = way.create(network, opts);
    const cluster = new Cluster("cluster", { clusterName: `${app}-${name}`, capacity, containerInsights }, opts);
    const discovery = new Discovery("discovery", { namespaceName: namespaceName(name), vpcId: network.vpcId }, opts);
    const repositories = new Repositories(
        "repositories",
        {
            repositories: Object.fromEntries(images.map((image) => [image.name, repositoryName(app, image.name)])),
            kept: { tagPrefix: `${name}.`, count: keptReleases }, // no branch id has a dot, so no branch's image is counted
            forceDelete: !deletionProtection,
        },
        opts,
    );
    new Registry("registry", { tableName: registryTableName(app, name), pointInTimeRecovery, deletionProtection }, opts);
    return {
        network: {
            vpcId: network.vpcId,
            taskSubnetIds: network.taskSubnetIds,
            assignPublicIp: network.assignPublicIp,
            taskSecurityGroupId: network.taskSecurityGroupId,
        },
        ingress: {
            listenerArn: ingress.listenerArn,
            floorRuleArn: ingress.floorRuleArn,
            sourceAddresses: way.sourceAddresses,
            furtherShards: ingress.furtherShards,
        },
        cluster: { name: cluster.clusterName, arn: cluster.arn },
        namespace: { id: discovery.namespaceId, name: discovery.namespaceName },
        repositories: repositories.urls,
    };
}

/** A new base has repositories before it has images: those are pushed, then deployed. */
function withoutServices({ name }: Environment): EnvironmentOutputs {
    void pulumi.log.warn(`${name} has no release yet: everything but its services is made; push images, then deploy them`);
    return { urls: {}, services: {}, tasks: {}, images: {} };
}
