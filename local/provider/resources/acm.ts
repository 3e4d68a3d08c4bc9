import { oneOf, regional, set, tagged, text } from "../arguments";
import { Refusal, unlessMissing } from "../errors";
import { resourceType } from "../resourceType";
import type { Aws } from "../session";
import { tagChanges, tagList, tagMap } from "../tags";
import type { CertificateDetail } from "@aws-sdk/client-acm";

const gone = "ResourceNotFoundException";

export const certificate = resourceType({
    token: "aws:acm/certificate:Certificate",
    arguments: {
        ...regional,
        domainName: text({ required: true, replaces: true, limit: domainLimit }),
        subjectAlternativeNames: set(text(), { computed: true, replaces: true }),
        validationMethod: oneOf(["DNS"], { required: true, replaces: true }),
        keyAlgorithm: oneOf(["RSA_2048", "EC_prime256v1", "EC_secp384r1"], { computed: true, replaces: true }),
        ...tagged,
    },
    outputs: ["arn", "domainValidationOptions", "notAfter", "notBefore", "status", "type"],
    async create(inputs, aws, made) {
        const acm = await aws.acm();
        const { CertificateArn = "" } = await acm.requestCertificate({
            DomainName: inputs.domainName,
            SubjectAlternativeNames: inputs.subjectAlternativeNames && [...inputs.subjectAlternativeNames],
            ValidationMethod: inputs.validationMethod,
            KeyAlgorithm: inputs.keyAlgorithm,
            Tags: Object.keys(inputs.tagsAll).length === 0 ? undefined : tagList(inputs.tagsAll),
        });
        made(CertificateArn);
        await aws.waitFor("the validation records of the certificate", 5, async () => {
            const options = (await find(CertificateArn, aws))?.DomainValidationOptions ?? [];
            return options.length > 0 && options.every(({ ResourceRecord }) => ResourceRecord !== undefined) ? true : undefined;
        });
        return CertificateArn;
    },
    async read(id, aws) {
        const found = await find(id, aws);
        if (found === undefined) return undefined;
        const { Tags } = await (await aws.acm()).listTagsForCertificate({ CertificateArn: id });
        return {
            domainName: found.DomainName,
            subjectAlternativeNames: found.SubjectAlternativeNames?.filter((name) => name !== found.DomainName),
            validationMethod: found.DomainValidationOptions?.[0]?.ValidationMethod,
            keyAlgorithm: found.KeyAlgorithm,
            tagsAll: tagMap(Tags),
            arn: id,
            domainValidationOptions: validationOptions(found),
            notAfter: found.NotAfter ?? "",
            notBefore: found.NotBefore ?? "",
            status: found.Status,
            type: found.Type,
        };
    },
    async update(id, update, aws) {
        const changes = tagChanges(update);
        if (changes === undefined) return;
        const acm = await aws.acm();
        const removed = changes.removed.map((Key) => ({ Key }));
        if (removed.length > 0) await acm.removeTagsFromCertificate({ CertificateArn: id, Tags: removed });
        if (Object.keys(changes.put).length > 0) await acm.addTagsToCertificate({ CertificateArn: id, Tags: tagList(changes.put) });
    },
    async delete(id, aws) {
        const users = await listenersWith(id, aws);
        if (users.length > 0)
            throw new Refusal("ResourceInUseException", `Certificate ${id} in account ${aws.account} is in use: ${users.join(", ")}`);
        await unlessMissing((await aws.acm()).deleteCertificate({ CertificateArn: id }), gone);
    },
});

/** Waits until the certificate is issued. Nothing of its own is on AWS. */
export const certificateValidation = resourceType({
    token: "aws:acm/certificateValidation:CertificateValidation",
    arguments: {
        ...regional,
        certificateArn: text({ required: true, replaces: true }),
        validationRecordFqdns: set(text(), { replaces: true }),
    },
    outputs: [],
    async create({ certificateArn, validationRecordFqdns }, aws) {
        const found = await find(certificateArn, aws);
        if (found === undefined) throw new Refusal(gone, `Could not find certificate ${certificateArn}.`);
        const given = validationRecordFqdns?.map(withoutDot);
        const missing = validationOptions(found).find(
            ({ resourceRecordName }) => given !== undefined && !given.includes(withoutDot(resourceRecordName)),
        );
        if (missing !== undefined)
            throw new Error(`missing ${missing.domainName} DNS validation record: ${withoutDot(missing.resourceRecordName)}`);
        await aws.waitFor(`certificate ${certificateArn} to be issued`, 75, async () => {
            const status = (await find(certificateArn, aws))?.Status;
            if (status === "FAILED" || status === undefined) throw new Error("the certificate was not issued");
            return status === "ISSUED" ? true : undefined;
        });
        return certificateArn;
    },
    async read(id, aws) {
        const found = await find(id, aws);
        return found?.Status === "ISSUED" ? { certificateArn: id } : undefined;
    },
    delete: () => Promise.resolve(),
});

async function find(arn: string, aws: Aws): Promise<CertificateDetail | undefined> {
    return (await unlessMissing((await aws.acm()).describeCertificate({ CertificateArn: arn }), gone))?.Certificate;
}

/** One for each name; a name and its wildcard have the same record. */
function validationOptions({ DomainValidationOptions = [] }: CertificateDetail) {
    const options = DomainValidationOptions.map(({ DomainName = "", ResourceRecord }) => ({
        domainName: DomainName,
        resourceRecordName: ResourceRecord?.Name ?? "",
        resourceRecordType: ResourceRecord?.Type ?? "CNAME",
        resourceRecordValue: ResourceRecord?.Value ?? "",
    }));
    return options.toSorted((one, other) => (one.domainName < other.domainName ? -1 : 1));
}

async function listenersWith(arn: string, aws: Aws): Promise<readonly string[]> {
    const elb = await aws.elb();
    const { LoadBalancers = [] } = await elb.describeLoadBalancers({});
    const answers = await Promise.all(LoadBalancers.map(({ LoadBalancerArn }) => elb.describeListeners({ LoadBalancerArn })));
    return answers
        .flatMap(({ Listeners = [] }) => Listeners)
        .filter(({ Certificates = [] }) => Certificates.some(({ CertificateArn }) => CertificateArn === arn))
        .map(({ ListenerArn = "" }) => `listener ${ListenerArn}`);
}

function withoutDot(name: string): string {
    return name.replace(/\.$/, "");
}

function domainLimit(name: string): string | undefined {
    return /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i.test(name) && name.length <= 253
        ? undefined
        : "must be a domain name, or one with *. in front";
}
