import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../childName";
import type { OwnIngressPlan } from "./plan";

/**
 * A certificate that ACM renews by itself for as long as its validation record stands. Returns its ARN once it is issued: a listener
 * refuses one that is not. The record is the same for a zone and its wildcard, so one proves both.
 */
export function createWildcardCertificate(
    parent: pulumi.Resource,
    name: string,
    { domainName, subjectAlternativeNames }: OwnIngressPlan["certificate"],
    zoneId: string,
): pulumi.Output<string> {
    const certificate = new aws.acm.Certificate(
        childName(name, "certificate"),
        { domainName, subjectAlternativeNames: [...subjectAlternativeNames], validationMethod: "DNS" },
        { parent },
    );
    const proof = certificate.domainValidationOptions.apply(([first]) => first ?? refuseWithoutProof(parent, domainName));
    const record = new aws.route53.Record(
        childName(name, "certificate-proof"),
        { zoneId, name: proof.resourceRecordName, type: proof.resourceRecordType, records: [proof.resourceRecordValue], ttl: 300 },
        { parent },
    );
    const issued = new aws.acm.CertificateValidation(
        childName(name, "certificate-issued"),
        { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
        { parent },
    );
    return issued.certificateArn;
}

function refuseWithoutProof(parent: pulumi.Resource, domainName: string): never {
    throw new pulumi.ResourceError(`certificate of ${domainName}: ACM named no record that would prove the domain`, parent, true);
}
