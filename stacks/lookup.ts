import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../model/environment";
import { refusal, settingsProblem } from "./refuse";

/** Id of the public hosted zone of the environment's hosts. It has to be there: only the owner of a name can delegate it. */
export async function findZone({ name, zone, account }: Environment, provider: pulumi.ProviderResource): Promise<string> {
    try {
        const { zoneId } = await aws.route53.getZone({ name: zone, privateZone: false }, { provider });
        return zoneId;
    } catch (error) {
        if (!/no matching Route ?53 hosted zone/i.test(reasonOf(error))) throw unanswered(`looking for the hosted zone ${zone}`, error);
        throw refusal(name, [settingsProblem("zone", `a public hosted zone of account ${account} is expected; make it and delegate the name to it`, zone)]);
    }
}

/** The value of an SSM parameter; absent when there is none of this name, which asking for it directly would make an error. */
export async function findParameter(name: string, provider: pulumi.ProviderResource): Promise<string | undefined> {
    const path = name.slice(0, name.lastIndexOf("/"));
    try {
        const { names, values } = await aws.ssm.getParametersByPath({ path, withDecryption: false }, { provider });
        return values[names.indexOf(name)];
    } catch (error) {
        throw unanswered(`looking for the SSM parameter ${name}`, error);
    }
}

/** What AWS or its provider has to say: the engine prints it without a stack trace. */
function unanswered(doing: string, error: unknown): pulumi.RunError {
    return new pulumi.RunError(`${doing}: ${reasonOf(error)}`);
}

function reasonOf(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    return message.replace(/^invocation of \S+ returned an error: /, "");
}
