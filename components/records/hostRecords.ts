import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../childName";

export interface HostRecordsArgs {
    /** Full host names. */
    readonly hosts: readonly string[];
    readonly alias: HostAlias;
    /** What the hosts need before anybody may be led there. */
    readonly after: readonly pulumi.Resource[];
}

/** Where hosts lead. */
export interface HostAlias {
    /** Name and hosted zone of a load balancer. */
    readonly balancer: { readonly dnsName: pulumi.Input<string>; readonly zoneId: pulumi.Input<string> };
    /** Public hosted zone in which the hosts are. */
    readonly zoneId: pulumi.Input<string>;
}

/** Leads hosts to another load balancer than the wildcard of their zone does: a record of a host's own counts before that. */
export class HostRecords extends pulumi.ComponentResource {
    constructor(name: string, { hosts, alias, after }: HostRecordsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:records:HostRecords", name, {}, opts);

        for (const host of hosts) createRecord(this, name, host, alias, after);
        this.registerOutputs({});
    }
}

/** Named by its host alone: one that moves on to a third load balancer is changed in place, since there can be no two of it. */
function createRecord(parent: HostRecords, name: string, host: string, { balancer, zoneId }: HostAlias, after: readonly pulumi.Resource[]): aws.route53.Record {
    return new aws.route53.Record(
        childName(name, `record-${host}`),
        { zoneId, name: host, type: "A", aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: false }] },
        { parent, dependsOn: [...after] },
    );
}
