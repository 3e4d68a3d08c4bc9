import assert from "node:assert/strict";
import { admittedNetworks, nobody, ruleAddresses } from "../../model/access";
import { BorrowedIngress } from "../../components/ingress/borrowedIngress";
import { OwnIngress, type OwnIngressArgs } from "../../components/ingress/ownIngress";
import { planOwnIngress } from "../../components/ingress/plan";
import { deploy, type Deployment } from "../support/deploy";
import { inputsOf, kindsAndNames, theOne } from "../support/registered";

const office = "203.0.113.0/24";

const args: OwnIngressArgs = {
    zone: "staging.example.com",
    zoneId: "Z1",
    hosts: ["www.staging.example.com"],
    access: { addresses: [] },
    vpcId: "vpc-1",
    publicSubnetIds: ["subnet-a", "subnet-b"],
    taskSecurityGroupId: "sg-tasks",
    floorPriority: 1000,
    deletionProtection: false,
    shards: 1,
};

function deployOwn(changes: Partial<OwnIngressArgs> = {}): Promise<Deployment> {
    return deploy(() => new OwnIngress("ingress", { ...args, ...changes }));
}

describe("access", () => {
    for (const { access, networks, addresses } of [
        { access: { addresses: [] }, networks: [], addresses: [nobody] },
        { access: { addresses: [office] }, networks: [office], addresses: [office] },
        { access: "public", networks: ["0.0.0.0/0"], addresses: [] },
    ] as const) {
        it(`${JSON.stringify(access)} admits ${JSON.stringify(networks)} to an own load balancer and names ${JSON.stringify(addresses)} in borrowed rules`, () => {
            assert.deepEqual(admittedNetworks(access), networks);
            assert.deepEqual(ruleAddresses(access), addresses);
        });
    }
});

describe("the plan of an own ingress", () => {
    it("covers every host one label below the zone with one certificate and one record", () => {
        const { certificate, records } = planOwnIngress("staging.example.com", ["www.staging.example.com"], "public", 1);
        assert.deepEqual(certificate, { domainName: "*.staging.example.com", subjectAlternativeNames: [] });
        assert.deepEqual(records, [{ role: "record-wildcard", name: "*.staging.example.com" }]);
    });

    it("covers the zone's own name too where a service answers there", () => {
        const { certificate, records } = planOwnIngress("staging.example.com", ["staging.example.com"], "public", 1);
        assert.deepEqual(certificate, { domainName: "*.staging.example.com", subjectAlternativeNames: ["staging.example.com"] });
        assert.deepEqual(records, [
            { role: "record-wildcard", name: "*.staging.example.com" },
            { role: "record-apex", name: "staging.example.com" },
        ]);
    });
});

describe("an own ingress", () => {
    it("makes a load balancer with all that leads to it", async () => {
        const { resources } = await deployOwn({ access: { addresses: [office] } });

        assert.deepEqual(kindsAndNames(resources), [
            "Certificate ingress-certificate",
            "CertificateValidation ingress-certificate-issued",
            "Listener ingress-http",
            "Listener ingress-https",
            "ListenerRule ingress-floor",
            "LoadBalancer ingress-balancer",
            "OwnIngress ingress",
            "Record ingress-certificate-proof",
            "Record ingress-record-wildcard",
            "SecurityGroup ingress-balancer",
            "SecurityGroupEgressRule ingress-balancer-to-tasks",
            "SecurityGroupIngressRule ingress-http-from-203.0.113.0/24",
            "SecurityGroupIngressRule ingress-https-from-203.0.113.0/24",
            "SecurityGroupIngressRule ingress-tasks-from-balancer",
        ]);
        assert.deepEqual(inputsOf(resources, "LoadBalancer"), {
            "ingress-balancer": {
                loadBalancerType: "application",
                securityGroups: ["ingress-balancer-id"],
                subnets: ["subnet-a", "subnet-b"],
                dropInvalidHeaderFields: true,
                enableDeletionProtection: false,
            },
        });
    });

    it("answers 404 where no rule fits, and sends plain HTTP to HTTPS", async () => {
        const { resources } = await deployOwn();
        assert.deepEqual(inputsOf(resources, "Listener"), {
            "ingress-http": {
                loadBalancerArn: "arn:aws:mock:::ingress-balancer",
                port: 80,
                protocol: "HTTP",
                defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
            },
            "ingress-https": {
                loadBalancerArn: "arn:aws:mock:::ingress-balancer",
                port: 443,
                protocol: "HTTPS",
                certificateArn: "arn:aws:mock:::ingress-certificate",
                sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
                defaultActions: [
                    { type: "fixed-response", fixedResponse: { contentType: "text/plain", messageBody: "There is no such environment.", statusCode: "404" } },
                ],
            },
        });
    });

    it("serves HTTPS only once its certificate is issued", async () => {
        const { resources } = await deployOwn();
        const { dependencies } = theOne(resources, "Listener", "ingress-https");
        assert.ok(dependencies.includes(theOne(resources, "CertificateValidation", "ingress-certificate-issued").urn));
    });

    it("proves its zone by the record that ACM asks for, and leads the wildcard to the load balancer", async () => {
        const { resources } = await deployOwn();
        assert.deepEqual(inputsOf(resources, "Record"), {
            "ingress-certificate-proof": {
                zoneId: "Z1",
                name: "_proof.*.staging.example.com",
                type: "CNAME",
                records: ["_proof.acm-validations.aws"],
                ttl: 300,
            },
            "ingress-record-wildcard": {
                zoneId: "Z1",
                name: "*.staging.example.com",
                type: "A",
                aliases: [{ name: "ingress-balancer.elb.amazonaws.com", zoneId: "ingress-balancer-zone", evaluateTargetHealth: false }],
            },
        });
    });

    it("lets nobody in when nothing is said", async () => {
        const { resources } = await deployOwn();
        const rules = inputsOf(resources, "SecurityGroupIngressRule");
        assert.deepEqual(Object.keys(rules), ["ingress-tasks-from-balancer"]);
        assert.equal(rules["ingress-tasks-from-balancer"]!.cidrIpv4, undefined);
    });

    it("lets in exactly the networks that are named", async () => {
        const { resources } = await deployOwn({ access: { addresses: [office] } });
        const open = Object.values(inputsOf(resources, "SecurityGroupIngressRule")).filter(({ cidrIpv4 }) => cidrIpv4 !== undefined);
        assert.deepEqual(
            open.map(({ cidrIpv4, fromPort, toPort, securityGroupId }) => ({ cidrIpv4, fromPort, toPort, securityGroupId })),
            [
                { cidrIpv4: office, fromPort: 80, toPort: 80, securityGroupId: "ingress-balancer-id" },
                { cidrIpv4: office, fromPort: 443, toPort: 443, securityGroupId: "ingress-balancer-id" },
            ],
        );
    });

    it("lets tasks be reached through it, and reaches nothing but tasks", async () => {
        const { resources } = await deployOwn();
        assert.deepEqual(inputsOf(resources, "SecurityGroupIngressRule")["ingress-tasks-from-balancer"], {
            securityGroupId: "sg-tasks",
            referencedSecurityGroupId: "ingress-balancer-id",
            ipProtocol: "tcp",
            fromPort: 1,
            toPort: 65535,
            description: "Requests from the load balancer",
        });
        assert.deepEqual(inputsOf(resources, "SecurityGroupEgressRule"), {
            "ingress-balancer-to-tasks": {
                securityGroupId: "ingress-balancer-id",
                referencedSecurityGroupId: "sg-tasks",
                ipProtocol: "tcp",
                fromPort: 1,
                toPort: 65535,
                description: "Requests to tasks",
            },
        });
    });
});

describe("an own ingress with several load balancers", () => {
    it("makes each of them with its listeners and floor rule, and shares certificate, security group and wildcard record", async () => {
        const [one, three] = [await deployOwn({ access: { addresses: [office] } }), await deployOwn({ access: { addresses: [office] }, shards: 3 })];
        const before = kindsAndNames(one.resources);
        assert.deepEqual(kindsAndNames(three.resources).filter((name) => !before.includes(name)), [
            "Listener ingress-http-1",
            "Listener ingress-http-2",
            "Listener ingress-https-1",
            "Listener ingress-https-2",
            "ListenerRule ingress-floor-1",
            "ListenerRule ingress-floor-2",
            "LoadBalancer ingress-balancer-1",
            "LoadBalancer ingress-balancer-2",
        ]);
        assert.deepEqual(before.filter((name) => !kindsAndNames(three.resources).includes(name)), []);
        for (const { type, name, inputs } of one.resources) assert.deepEqual(theOne(three.resources, type.replace(/.*:/, ""), name).inputs, inputs, name);
    });

    it("gives each of them what the first one has", async () => {
        const { resources } = await deployOwn({ shards: 3, deletionProtection: true });
        for (const kind of ["balancer", "http", "https", "floor"]) {
            const type = { balancer: "LoadBalancer", http: "Listener", https: "Listener", floor: "ListenerRule" }[kind]!;
            for (const shard of [1, 2]) {
                const moved = JSON.parse(JSON.stringify(theOne(resources, type, `ingress-${kind}`).inputs).replaceAll(/mock:::ingress-(balancer|https)\b/g, `mock:::ingress-$1-${shard}`)) as object;
                assert.deepEqual(theOne(resources, type, `ingress-${kind}-${shard}`).inputs, moved, `${kind} ${shard}`);
            }
        }
        assert.equal(theOne(resources, "LoadBalancer", "ingress-balancer-2").inputs.enableDeletionProtection, true);
    });
});

describe("a borrowed ingress", () => {
    it("adds the floor rule to the listener, lets its load balancer in to tasks, and touches nothing else", async () => {
        const { resources } = await deploy(
            () =>
                new BorrowedIngress("ingress", {
                    listenerArn: "arn:listener",
                    balancerSecurityGroupId: "sg-balancer",
                    taskSecurityGroupId: "sg-tasks",
                    floorPriority: 300,
                }),
        );

        assert.deepEqual(kindsAndNames(resources), [
            "BorrowedIngress ingress",
            "ListenerRule ingress-floor",
            "SecurityGroupIngressRule ingress-tasks-from-balancer",
        ]);
        assert.deepEqual(inputsOf(resources, "ListenerRule"), {
            "ingress-floor": {
                listenerArn: "arn:listener",
                priority: 300,
                conditions: [{ hostHeader: { values: ["understudy-floor.invalid"] } }],
                actions: [
                    { type: "fixed-response", fixedResponse: { contentType: "text/plain", messageBody: "There is no such environment.", statusCode: "404" } },
                ],
            },
        });
        assert.equal(inputsOf(resources, "SecurityGroupIngressRule")["ingress-tasks-from-balancer"]!.securityGroupId, "sg-tasks");
    });
});
