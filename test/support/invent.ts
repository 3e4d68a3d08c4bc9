type Inputs = Readonly<Record<string, unknown>>;

/** What AWS would have answered: the inputs, and what it adds to resources of this type. */
export function inventOutputs(type: string, name: string, inputs: Inputs): Record<string, unknown> {
    return { name, arn: `arn:aws:mock:::${name}`, ...inputs, ...(added[type]?.(name, inputs) ?? {}) };
}

/** Only what the program reads. */
const added: Readonly<Record<string, (name: string, inputs: Inputs) => Record<string, unknown>>> = {
    "awsx:ec2:Vpc": (name) => ({
        vpcId: `${name}-id`,
        publicSubnetIds: [`${name}-public-a`, `${name}-public-b`],
        privateSubnetIds: [`${name}-private-a`, `${name}-private-b`],
    }),
    "aws:lb/loadBalancer:LoadBalancer": (name) => ({ dnsName: `${name}.elb.amazonaws.com`, zoneId: `${name}-zone` }),
    "aws:acm/certificate:Certificate": (_name, { domainName }) => ({
        domainValidationOptions: [
            { domainName, resourceRecordName: `_proof.${String(domainName)}`, resourceRecordType: "CNAME", resourceRecordValue: "_proof.acm-validations.aws" },
        ],
    }),
    "aws:route53/record:Record": (_name, inputs) => ({ fqdn: inputs.name }),
    "aws:ecr/repository:Repository": (_name, inputs) => ({ repositoryUrl: `registry.example.com/${String(inputs.name)}` }),
};
