import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../model/environment";
import { parameterName } from "../model/names";
import type { Problem } from "../model/problem";
import type { BranchSettings } from "../model/settings";
import { contractOutput, parseContract, type Contract } from "./contract";
import { refusal, settingsProblem } from "./refuse";

/** What the base has published for its branches. Refuses a base that is not there, or that this branch cannot stand on. */
export async function borrowContract({ app, name, account, region, zone }: Environment, { base, baseKind }: BranchSettings): Promise<Contract> {
    const reference = new pulumi.StackReference("base", { name: [pulumi.getOrganization(), pulumi.getProject(), base].join("/") });
    const published: { readonly value?: unknown } = await reference.getOutputDetails(contractOutput);
    const { contract, problems } = parseContract(published.value, base, { app, base: baseKind, account, region, zone });
    if (contract === undefined) throw refusal(name, problems);
    return contract;
}

/** What the branch wants and its base does not lend: secrets that it keeps to itself, images that it has no repository for, services that it has not. */
export function borrowingProblems(environment: Environment, base: string, contract: Contract): readonly Problem[] {
    return [...unsharedSecrets(environment, base, contract), ...imagesWithoutRepository(environment, base, contract), ...servicesOfNobody(environment, base, contract)];
}

function servicesOfNobody({ borrowed }: Environment, base: string, { services }: Contract): readonly Problem[] {
    return borrowed
        .filter((name) => !services.includes(name))
        .map((name) => settingsProblem("only", `${name} is left out, and ${base} runs none either; name it here as well, or deploy ${base} with it`));
}

function unsharedSecrets({ app, name, services, tasks }: Environment, base: string, contract: Contract): readonly Problem[] {
    const secrets = [...services, ...tasks].flatMap(({ containers }) => containers.flatMap((container) => container.secrets));
    const wanted = secrets.filter((secret) => secret.parameter === parameterName(app, contract.base, secret.name)).map((secret) => secret.name);
    return [...new Set(wanted)]
        .filter((secret) => !contract.sharedSecrets.includes(secret))
        .map((secret) =>
            settingsProblem(
                "ownSecrets",
                `${base} does not share its ${secret}; add it to understudy:sharedSecrets of Pulumi.${base}.yaml and update ${base}, ` +
                    `or put a value of the branch's own at ${parameterName(app, name, secret)} and name it here`,
            ),
        );
}

function imagesWithoutRepository({ images }: Environment, base: string, { repositories }: Contract): readonly Problem[] {
    return images
        .filter((image) => repositories[image.name] === undefined)
        .map((image) => ({
            severity: "error",
            file: `stack ${base}`,
            key: `repositories.${image.name}`,
            message: `${base} has no repository for this image of ${image.services.join(", ")}; update ${base} with an application that has it`,
        }));
}
