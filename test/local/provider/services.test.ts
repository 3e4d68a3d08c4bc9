import { textOf } from "../../../local/provider/state";
import { testLifecycle } from "./support/lifecycle";
import { testWorld } from "./support/world";

const trust = (service: string): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }] });
const allow = (Action: string): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

async function roleName(name: string): Promise<string> {
    const { engine } = await testWorld();
    return (await engine.create("aws:iam/role:Role", name, { assumeRolePolicy: trust("ecs-tasks.amazonaws.com") })).id;
}

async function policyArn(name: string): Promise<string> {
    const { engine } = await testWorld();
    return (await engine.create("aws:iam/policy:Policy", name, { policy: allow("s3:GetObject") })).id;
}

testLifecycle({
    token: "aws:iam/role:Role",
    needs: async () => [await policyArn("boundary-one"), await policyArn("boundary-two")],
    given: ([boundary]) => ({
        path: "/shop/staging/branches/",
        assumeRolePolicy: trust("ecs-tasks.amazonaws.com"),
        permissionsBoundary: boundary,
        forceDetachPolicies: true,
        tags: { Name: "one" },
    }),
    updated: ([, boundary]) => ({
        path: "/shop/staging/branches/",
        assumeRolePolicy: trust("lambda.amazonaws.com"),
        description: "What tasks may do",
        maxSessionDuration: 7200,
        permissionsBoundary: boundary,
        forceDetachPolicies: true,
        tags: { Name: "two" },
    }),
    unchanged: ["forceDetachPolicies"],
    replacing: () => ({ name: "other", path: "/" }),
    lostInImport: ["forceDetachPolicies"],
});

testLifecycle({
    token: "aws:iam/rolePolicy:RolePolicy",
    needs: () => roleName("with-policy"),
    given: (role) => ({ role, policy: allow("s3:GetObject") }),
    updated: (role) => ({ role, policy: allow("s3:PutObject") }),
    replacing: () => ({ role: "other", name: "other" }),
});

testLifecycle({
    token: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    needs: async () => ({ role: await roleName("with-attachment"), policyArn: await policyArn("attached") }),
    given: (needs) => needs,
    replacing: () => ({ role: "other", policyArn: "arn:aws:iam::222222222222:policy/other" }),
});

testLifecycle({
    token: "aws:iam/policy:Policy",
    needs: () => Promise.resolve(undefined),
    given: () => ({ path: "/shop/", description: "What branches may do", policy: allow("s3:GetObject"), tags: { Name: "one" } }),
    updated: () => ({ path: "/shop/", description: "What branches may do", policy: allow("s3:PutObject"), tags: { Name: "two" } }),
    replacing: () => ({ name: "other", path: "/", description: "Another" }),
});

testLifecycle({
    token: "aws:cloudwatch/logGroup:LogGroup",
    needs: () => Promise.resolve(undefined),
    given: () => ({ name: "/shop/staging/web", retentionInDays: 7, tags: { Name: "one" } }),
    updated: () => ({
        name: "/shop/staging/web",
        retentionInDays: 30,
        tags: { Name: "two" },
    }),
    unchanged: ["skipDestroy", "kmsKeyId"], // the emulator does not have AssociateKmsKey, and says so
    replacing: () => ({ name: "/other", logGroupClass: "INFREQUENT_ACCESS" }),
});

testLifecycle({
    token: "aws:ssm/parameter:Parameter",
    needs: () => Promise.resolve(undefined),
    given: () => ({ name: "/shop/staging/COLOUR", type: "String", value: "blue", description: "The colour", tags: { Name: "one" } }),
    updated: () => ({
        name: "/shop/staging/COLOUR",
        type: "SecureString",
        value: "green",
        description: "The other colour",
        keyId: "alias/aws/ssm",
        tier: "Advanced",
        allowedPattern: "^[a-z]+$",
        tags: { Name: "two" },
    }),
    unchanged: ["insecureValue", "overwrite"],
    unknownInUpdate: ["version"],
    replacing: () => ({ name: "/other", dataType: "aws:ec2:image" }),
});

testLifecycle({
    token: "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
    given: ({ vpcId }) => ({ name: "staging.internal", vpc: vpcId, description: "Services", tags: { Name: "one" } }),
    updated: ({ vpcId }) => ({ name: "staging.internal", vpc: vpcId, description: "All services", tags: { Name: "two" } }),
    replacing: () => ({ name: "other.internal", vpc: "vpc-1" }),
});

testLifecycle({
    token: "aws:servicediscovery/service:Service",
    needs: async () => {
        const { engine, network } = await testWorld();
        const { vpcId } = await network();
        const token = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace";
        return (await engine.create(token, "discovery", { name: "discovery.internal", vpc: vpcId })).id;
    },
    given: (namespaceId) => ({
        name: "api",
        description: "One",
        dnsConfig: { namespaceId, dnsRecords: [{ type: "A", ttl: 10 }] },
        healthCheckCustomConfig: { failureThreshold: 1 },
        tags: { Name: "one" },
    }),
    updated: (namespaceId) => ({
        name: "api",
        description: "Two",
        dnsConfig: { namespaceId, routingPolicy: "MULTIVALUE", dnsRecords: [{ type: "A", ttl: 5 }] },
        healthCheckCustomConfig: { failureThreshold: 1 },
        tags: { Name: "two" },
    }),
    unchanged: ["forceDestroy"],
    replacing: () => ({ name: "other", namespaceId: "ns-other", healthCheckCustomConfig: undefined }),
});

testLifecycle({
    token: "aws:ecr/repository:Repository",
    needs: () => Promise.resolve(undefined),
    given: () => ({ name: "shop/web", imageScanningConfiguration: { scanOnPush: true }, forceDelete: true, tags: { Name: "one" } }),
    updated: () => ({
        name: "shop/web",
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: false },
        forceDelete: true,
        tags: { Name: "two" },
    }),
    unchanged: ["forceDelete"],
    replacing: () => ({ name: "shop/other", encryptionConfigurations: [{ encryptionType: "KMS" }] }),
    lostInImport: ["forceDelete"],
});

async function repositoryNamed(name: string): Promise<string> {
    const { engine } = await testWorld();
    return (await engine.create("aws:ecr/repository:Repository", name, {})).id;
}

const keep = (count: number): string =>
    JSON.stringify({
        rules: [
            {
                rulePriority: 1,
                selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: count },
                action: { type: "expire" },
            },
        ],
    });

testLifecycle({
    token: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    needs: () => repositoryNamed("with-lifecycle"),
    given: (repository) => ({ repository, policy: keep(5) }),
    replacing: () => ({ repository: "other", policy: keep(10) }),
});

testLifecycle({
    token: "aws:ecr/repositoryPolicy:RepositoryPolicy",
    needs: () => repositoryNamed("with-policy"),
    given: (repository) => ({ repository, policy: pull("111111111111") }),
    updated: (repository) => ({ repository, policy: pull("333333333333") }),
    replacing: () => ({ repository: "other" }),
});

function pull(account: string): string {
    const Principal = { AWS: `arn:aws:iam::${account}:root` };
    return JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Sid: "pull", Effect: "Allow", Principal, Action: ["ecr:BatchGetImage"] }],
    });
}

testLifecycle({
    token: "aws:acm/certificate:Certificate",
    needs: () => Promise.resolve(undefined),
    given: () => ({
        domainName: "example.com",
        subjectAlternativeNames: ["*.example.com"],
        validationMethod: "DNS",
        tags: { Name: "one" },
    }),
    updated: () => ({
        domainName: "example.com",
        subjectAlternativeNames: ["*.example.com"],
        validationMethod: "DNS",
        tags: { Name: "two" },
    }),
    replacing: () => ({ domainName: "example.org", subjectAlternativeNames: [], validationMethod: "EMAIL", keyAlgorithm: "EC_prime256v1" }),
});

testLifecycle({
    token: "aws:acm/certificateValidation:CertificateValidation",
    needs: async () => {
        const { engine } = await testWorld();
        const { id, outputs } = await engine.create("aws:acm/certificate:Certificate", "validated", {
            domainName: "validated.example.com",
            validationMethod: "DNS",
        });
        const options = outputs["domainValidationOptions"] as unknown as readonly { readonly resourceRecordName: string }[];
        return { certificateArn: id, validationRecordFqdns: options.map(({ resourceRecordName }) => resourceRecordName) };
    },
    given: (needs) => needs,
    replacing: () => ({
        certificateArn: "arn:aws:acm:eu-west-1:222222222222:certificate/other",
        validationRecordFqdns: ["_other.example.com"],
    }),
    lostInImport: ["validationRecordFqdns"],
    leavesNoTrace: false,
});

testLifecycle({
    token: "aws:route53/zone:Zone",
    needs: () => Promise.resolve(undefined),
    given: () => ({ name: "staging.example.com", tags: { Name: "one" } }),
    updated: () => ({ name: "staging.example.com", comment: "Of staging", tags: { Name: "two" } }),
    unchanged: ["forceDestroy"],
    replacing: () => ({ name: "dev.example.com" }),
});

async function zoneNamed(name: string): Promise<string> {
    const { engine } = await testWorld();
    return (await engine.create("aws:route53/zone:Zone", name, { name })).id;
}

testLifecycle({
    token: "aws:route53/record:Record",
    needs: () => zoneNamed("records.example.com"),
    given: (zoneId) => ({ zoneId, name: "www", type: "A", ttl: 60, records: ["192.0.2.1", "192.0.2.2"] }),
    updated: (zoneId) => ({
        zoneId,
        name: "www",
        type: "CNAME",
        ttl: 30,
        records: ["one.example.com"],
        setIdentifier: "one",
        weightedRoutingPolicies: [{ weight: 100 }],
    }),
    unchanged: ["aliases", "allowOverwrite"],
    replacing: () => ({ zoneId: "Z1", name: "other" }),
    importId: ({ inputs }) => `${textOf(inputs, "zoneId")}_www_A`,
});
