import assert from "node:assert/strict";
import { urnOf, type TestEngine } from "./support/engine";
import { testWorld, type Network } from "./support/world";

/** Each is something that AWS refuses because of what is in the account, and that the emulator would take. */
describe("what AWS would refuse", () => {
    let engine: TestEngine;
    let network: Network;

    before(async () => {
        const world = await testWorld();
        engine = world.engine;
        network = await world.network();
    });

    async function refusal(action: Promise<unknown>): Promise<string> {
        try {
            await action;
        } catch (error) {
            return (error as Error).message;
        }
        throw new Error("it was not refused");
    }

    it("two load balancers of one name, also at the same moment", async () => {
        const { subnets } = network;
        const make = (name: string) => engine.create("aws:lb/loadBalancer:LoadBalancer", name, { name: "twice", subnets });
        const results = await Promise.allSettled([make("one"), make("two")]);
        assert.deepEqual(results.map((result) => (result.status === "rejected" ? (result.reason as Error).message : "made")).sort(), [
            "DuplicateLoadBalancerName: A load balancer with the same name 'twice' exists, but with different settings",
            "made",
        ]);
    });

    it("a load balancer whose subnets are in one zone", async () => {
        const { vpcId, subnets } = network;
        const near = await engine.create("aws:ec2/subnet:Subnet", "near", {
            vpcId,
            cidrBlock: "10.9.20.0/24",
            availabilityZone: "eu-west-1a",
        });
        assert.equal(
            await refusal(engine.create("aws:lb/loadBalancer:LoadBalancer", "near", { subnets: [subnets[0], near.id] })),
            "ValidationError: At least two subnets in two different Availability Zones must be specified",
        );
    });

    it("a load balancer that is protected and should go", async () => {
        const { subnets } = network;
        const made = await engine.create("aws:lb/loadBalancer:LoadBalancer", "guarded", { subnets, enableDeletionProtection: true });
        assert.equal(
            await refusal(engine.delete(made)),
            `OperationNotPermitted: Load balancer '${made.id}' cannot be deleted because deletion protection is enabled`,
        );
        await engine.delete(await engine.update(made, { subnets, enableDeletionProtection: false }));
    });

    it("two listeners on one port", async () => {
        const { loadBalancerArn, targetGroupArn } = network;
        const inputs = { loadBalancerArn, port: 9000, defaultActions: [{ type: "forward", targetGroupArn }] };
        await engine.create("aws:lb/listener:Listener", "first", inputs);
        assert.equal(
            await refusal(engine.create("aws:lb/listener:Listener", "second", inputs)),
            "DuplicateListener: A listener already exists on this port for this load balancer",
        );
    });

    it("a listener that moves to the port of another", async () => {
        const { loadBalancerArn, targetGroupArn } = network;
        const inputs = { loadBalancerArn, defaultActions: [{ type: "forward", targetGroupArn }] };
        await engine.create("aws:lb/listener:Listener", "stays", { ...inputs, port: 9001 });
        const moves = await engine.create("aws:lb/listener:Listener", "moves", { ...inputs, port: 9002 });
        assert.equal(
            await refusal(engine.update(moves, { ...inputs, port: 9001 })),
            "DuplicateListener: A listener already exists on this port for this load balancer",
        );
    });

    it("a certificate that does not exist", async () => {
        const { loadBalancerArn, targetGroupArn } = network;
        const certificateArn = "arn:aws:acm:eu-west-1:222222222222:certificate/none";
        const inputs = {
            loadBalancerArn,
            port: 9003,
            protocol: "HTTPS",
            certificateArn,
            defaultActions: [{ type: "forward", targetGroupArn }],
        };
        assert.equal(
            await refusal(engine.create("aws:lb/listener:Listener", "none", inputs)),
            `CertificateNotFound: Certificate '${certificateArn}' not found`,
        );
    });

    it("a certificate that is in use and should go", async () => {
        const { loadBalancerArn, targetGroupArn } = network;
        const certificate = await engine.create("aws:acm/certificate:Certificate", "used", {
            domainName: "used.example.com",
            validationMethod: "DNS",
        });
        const listener = await engine.create("aws:lb/listener:Listener", "uses", {
            loadBalancerArn,
            port: 9004,
            protocol: "HTTPS",
            certificateArn: certificate.id,
            defaultActions: [{ type: "forward", targetGroupArn }],
        });
        assert.equal(
            await refusal(engine.delete(certificate)),
            `ResourceInUseException: Certificate ${certificate.id} in account 222222222222 is in use: listener ${listener.id}`,
        );
    });

    it("a priority that is taken", async () => {
        const { listenerArn, targetGroupArn } = network;
        const inputs = {
            listenerArn,
            priority: 4000,
            actions: [{ type: "forward", targetGroupArn }],
            conditions: [{ hostHeader: { values: ["a"] } }],
        };
        const first = await engine.create("aws:lb/listenerRule:ListenerRule", "first", inputs);
        assert.match(
            await refusal(engine.create("aws:lb/listenerRule:ListenerRule", "second", inputs)),
            /^ElasticLoadBalancingV2 CreateRule: PriorityInUse/,
        );
        await engine.delete(first);
    });

    it("a subnet in use that should go", async () => {
        assert.match(
            await refusal(engine.delete(await stored("aws:ec2/subnet:Subnet", network.subnets[0]))),
            /^DependencyViolation: The subnet 'subnet-[0-9a-f]+' has dependencies and cannot be deleted: .*load balancer world-[0-9a-f]{7}/,
        );
    });

    it("a security group in use that should go", async () => {
        assert.match(
            await refusal(engine.delete(await stored("aws:ec2/securityGroup:SecurityGroup", network.securityGroupId))),
            /^DependencyViolation: resource sg-[0-9a-f]+ has a dependent object: load balancer world-[0-9a-f]{7}$/,
        );
    });

    it("a security group that a rule of another names", async () => {
        const { vpcId, securityGroupId } = network;
        const group = await engine.create("aws:ec2/securityGroup:SecurityGroup", "named", { vpcId });
        const rule = await engine.create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "names", {
            securityGroupId,
            referencedSecurityGroupId: group.id,
            ipProtocol: "-1",
        });
        assert.equal(
            await refusal(engine.delete(group)),
            `DependencyViolation: resource ${group.id} has a dependent object: rule ${rule.id} of ${securityGroupId}`,
        );
        await engine.delete(rule);
        await engine.delete(group);
    });

    it("a CNAME beside another record, and another record beside a CNAME", async () => {
        const { id: zoneId } = await engine.create("aws:route53/zone:Zone", "conflicts", { name: "conflicts.example.com" });
        const make = (name: string, type: string, value: string) =>
            engine.create("aws:route53/record:Record", `${name}-${type}`, { zoneId, name, type, ttl: 60, records: [value] });
        await make("a", "A", "192.0.2.1");
        await make("c", "CNAME", "example.com");
        const refused = "is not permitted because a conflicting RRSet of type";
        assert.equal(
            await refusal(make("a", "CNAME", "example.com")),
            `InvalidChangeBatch: [RRSet of type CNAME with DNS name a.conflicts.example.com. ${refused} A with the same DNS name already exists in zone conflicts.example.com.]`,
        );
        assert.equal(
            await refusal(make("c", "A", "192.0.2.1")),
            `InvalidChangeBatch: [RRSet of type A with DNS name c.conflicts.example.com. ${refused} CNAME with the same DNS name already exists in zone conflicts.example.com.]`,
        );
        assert.equal(
            await refusal(make("conflicts.example.com", "CNAME", "example.com")),
            "InvalidChangeBatch: [RRSet of type CNAME with DNS name conflicts.example.com. is not permitted at apex in zone conflicts.example.com.]",
        );
    });

    it("a policy in use that should go", async () => {
        const document = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] });
        const trust = JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
        });
        const policy = await engine.create("aws:iam/policy:Policy", "used", { policy: document });
        const role = await engine.create("aws:iam/role:Role", "uses", { assumeRolePolicy: trust });
        const attachment = await engine.create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "uses", {
            role: role.id,
            policyArn: policy.id,
        });
        assert.equal(await refusal(engine.delete(policy)), "DeleteConflict: Cannot delete a policy attached to entities.");
        assert.match(await refusal(engine.delete(role)), /^IAM DeleteRole: DeleteConflict/);
        await engine.delete(attachment);
        await engine.delete(policy);
        await engine.delete(role);
    });

    it("more versions of a policy than IAM keeps: the oldest goes", async () => {
        const document = (count: number) =>
            JSON.stringify({
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::bucket-${count}` }],
            });
        let policy = await engine.create("aws:iam/policy:Policy", "many", { policy: document(0) });
        for (let count = 1; count <= 6; count += 1) policy = await engine.update(policy, { policy: document(count) });
        assert.equal(policy.outputs["policy"], document(6));
        await engine.delete(policy);
    });

    it("a type and a function that it does not know, by name", async () => {
        assert.equal(
            await refusal(engine.check(urnOf("aws:sns/topic:Topic", "jobs"), {})),
            "the local AWS provider has no resource type aws:sns/topic:Topic; those it has are in local/provider/resources",
        );
        assert.equal(
            await refusal(engine.invoke("aws:ec2/getAmi:getAmi", {})),
            "the local AWS provider has no function aws:ec2/getAmi:getAmi; those it has are in local/provider/invokes.ts",
        );
        assert.equal(
            await refusal(engine.invoke("aws:index/getPartition:getPartition", { id: "aws" })),
            'id: the local AWS provider has no argument "id" for aws:index/getPartition:getPartition; it has none',
        );
    });

    async function stored(token: string, id: string) {
        const found = await engine.importResource(token, "world", id);
        assert.ok(found !== undefined);
        return found;
    }
});
