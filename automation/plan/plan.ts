import path from "node:path";
import { ruleAddresses } from "../../model/access";
import { branchRolePath, namespaceName, registryHost, repositoryName } from "../../model/names";
import type { Environment } from "../../model/environment";
import type { Problem } from "../../model/problem";
import type { BranchSettings } from "../../model/settings";
import { contractVersion, type Contract } from "../../stacks/contract";
import { planImages, type ImageChoice } from "../aws/images";
import { defaultBase, identify } from "../branch/target";
import { programFile } from "../engine/program";
import { UnderstudyError } from "../errors";
import type { Context } from "../options";
import { baseRun, branchRun, branchSettings, type Digests, type PrivateSettings } from "../settings/privateSettings";
import { findProject, readEnvironment, readStack, type Project, type StackFile } from "../settings/project";
import { runUnderMocks, type PlannedResource } from "./mocks";

/** What is planned: a base by its stack, or a branch. */
export type PlanTarget = string | { readonly branch: string; readonly base?: string };

export interface PlanOptions extends ImageChoice {
    /** Folder with the Compose file, relative to the current one. Default: the settings'. */
    readonly app?: string;
}

/** What a stack would consist of. */
export interface Plan {
    readonly stack: string;
    /** Services, sizes, hosts and rewrites, as the model has decided them. */
    readonly environment: Environment;
    /** Every resource that the program asks for, sorted by type and name; components have types of understudy's own. */
    readonly resources: readonly PlannedResource[];
    readonly problems: readonly Problem[];
    /** What the program itself warns of. */
    readonly warnings: readonly string[];
}

/**
 * Runs the very program that a deployment runs, but under mocks: without engine, account or network. Which digest a tag stands for cannot
 * be known here, and makes no difference to what there is; a base is planned as if it had a release.
 */
export async function plan(context: Context, target: PlanTarget, options: PlanOptions = {}): Promise<Plan> {
    const project = findProject(context.directory);
    const input = typeof target === "string" ? readBase(project, target, options) : readBranch(project, target, options);
    const { stack, environment, problems } = input;
    const images = placeholders(environment, options);
    const { resources, warnings } = await runUnderMocks({
        main: programFile(),
        project: project.name,
        stack,
        config: input.settings(images).config,
        stacks: input.base === undefined ? {} : { [`organization/${project.name}/${input.base.settings.base}`]: { contract: contractOf(environment, input.base) } },
    });
    return { stack, environment, problems, resources, warnings };
}

interface PlanInput {
    readonly stack: string;
    readonly environment: Environment;
    readonly problems: readonly Problem[];
    readonly settings: (images: Digests) => PrivateSettings;
    /** Of a branch. */
    readonly base?: { readonly file: StackFile; readonly settings: BranchSettings };
}

function readBase(project: Project, stack: string, { app }: PlanOptions): PlanInput {
    if (stack.startsWith("branch-")) {
        throw new UnderstudyError("settings", `${stack} is the stack of a branch, whose name it does not tell`, "name the branch to plan its environment");
    }
    const read = readStack(project, stack);
    const file = app === undefined ? read : { ...read, settings: { ...read.settings, appDir: path.resolve(app) } };
    const { environment, warnings } = readEnvironment(project, file.settings, file.file);
    return { stack, environment, problems: warnings, settings: (images) => baseRun(project, file, images) };
}

function readBranch(project: Project, { branch, base = defaultBase }: Exclude<PlanTarget, string>, { app }: PlanOptions): PlanInput {
    const { stack } = identify({ branch });
    const file = readStack(project, base);
    const appDir = app === undefined ? path.resolve(project.directory, file.settings.appDir) : path.resolve(app);
    const settings = branchSettings(file.settings, { base, branch, appDir });
    const { environment, warnings } = readEnvironment(project, settings, file.file);
    return { stack, environment, problems: warnings, settings: (images) => branchRun({ ...settings, images }, {}), base: { file, settings } };
}

/** A digest for every own image: the one that was chosen, or one that stands for whatever it will be. */
function placeholders(environment: Environment, choice: ImageChoice): Digests {
    const unknown = `sha256:${"0".repeat(64)}`;
    const { wanted } = planImages(environment, { release: unknown, ...choice }, {});
    return Object.fromEntries(wanted.map(({ image, id }) => [image, "imageDigest" in id ? id.imageDigest : unknown]));
}

/** What the base of a branch would publish. */
function contractOf({ app, account, region, zone, images }: Environment, { file, settings }: { readonly file: StackFile; readonly settings: BranchSettings }): Contract {
    const base = settings.baseKind;
    const { access, ingress, sharedSecrets, secretsKey } = file.settings;
    const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${account}:${resource}`;
    return {
        ...{ version: contractVersion, app, base, account, region, zone, sharedSecrets },
        network: { vpcId: "planned", taskSubnetIds: ["planned"], assignPublicIp: true, taskSecurityGroupId: "planned" },
        ingress: {
            listenerArn: arn("elasticloadbalancing", "listener/planned"),
            floorRuleArn: arn("elasticloadbalancing", "listener-rule/planned"),
            sourceAddresses: ingress.kind === "existing" ? ruleAddresses(access) : [],
            furtherShards: [], // a branch is planned on the first
        },
        cluster: { name: `${app}-${base}`, arn: arn("ecs", `cluster/${app}-${base}`) },
        namespace: { id: "planned", name: namespaceName(base) },
        permissionsBoundaryArn: `arn:aws:iam::${account}:policy/planned`,
        branchRolePath: branchRolePath(app, base),
        services: [], // a branch is planned with all of its own
        repositories: Object.fromEntries(images.map(({ name }) => [name, `${registryHost({ account, region })}/${repositoryName(app, name)}`])),
        ...(secretsKey !== undefined && { secretsKeyArn: secretsKey }),
    };
}
