import { testLifecycle } from "./support/lifecycle";
import { testWorld } from "./support/world";

const notFound = { type: "fixed-response", fixedResponse: { contentType: "text/plain", messageBody: "nothing here", statusCode: "404" } };
const toHttps = { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } };

testLifecycle({
    token: "aws:lb/loadBalancer:LoadBalancer",
    needs: async () => {
        const { engine, network } = await testWorld();
        const { vpcId, subnets, securityGroupId } = await network();
        const subnet = await engine.create("aws:ec2/subnet:Subnet", "third", {
            vpcId,
            cidrBlock: "10.9.2.0/24",
            availabilityZone: "eu-west-1c",
        });
        const group = await engine.create("aws:ec2/securityGroup:SecurityGroup", "third", { vpcId });
        return { subnets: [...subnets, subnet.id], groups: [securityGroupId, group.id] };
    },
    given: ({ subnets, groups }) => ({
        subnets: subnets.slice(0, 2),
        securityGroups: groups.slice(0, 1),
        ipAddressType: "ipv4",
        tags: { Name: "one" },
    }),
    updated: ({ subnets, groups }) => ({
        subnets: subnets.slice(1),
        securityGroups: groups,
        ipAddressType: "ipv4",
        idleTimeout: 120,
        enableHttp2: false,
        dropInvalidHeaderFields: true,
        preserveHostHeader: true,
        tags: { Name: "two" },
    }),
    unchanged: ["ipAddressType", "enableDeletionProtection"],
    replacing: () => ({ name: "other", internal: true, loadBalancerType: "network" }),
});

testLifecycle({
    token: "aws:lb/targetGroup:TargetGroup",
    given: ({ vpcId }) => ({
        vpcId,
        port: 8080,
        protocol: "HTTP",
        targetType: "ip",
        deregistrationDelay: 5,
        healthCheck: { path: "/healthcheck", interval: 5, timeout: 2, healthyThreshold: 2, unhealthyThreshold: 2, matcher: "200-399" },
        tags: { Name: "one" },
    }),
    updated: ({ vpcId }) => ({
        vpcId,
        port: 8080,
        protocol: "HTTP",
        targetType: "ip",
        deregistrationDelay: 60,
        slowStart: 30,
        loadBalancingAlgorithmType: "least_outstanding_requests",
        healthCheck: {
            enabled: true,
            path: "/ready",
            port: "8081",
            protocol: "HTTP",
            interval: 30,
            timeout: 5,
            healthyThreshold: 5,
            unhealthyThreshold: 3,
            matcher: "200",
        },
        stickiness: { enabled: true, type: "lb_cookie", cookieDuration: 3600 },
        tags: { Name: "two" },
    }),
    replacing: () => ({ name: "other", vpcId: "vpc-1", port: 8081, protocol: "HTTPS", targetType: "instance", protocolVersion: "HTTP2" }),
});

testLifecycle({
    token: "aws:lb/listener:Listener",
    needs: async () => {
        const { engine, network } = await testWorld();
        const { id: certificateArn } = await engine.create("aws:acm/certificate:Certificate", "listener", {
            domainName: "*.example.com",
            validationMethod: "DNS",
        });
        return { ...(await network()), certificateArn };
    },
    given: ({ loadBalancerArn }) => ({ loadBalancerArn, port: 8080, protocol: "HTTP", defaultActions: [toHttps], tags: { Name: "one" } }),
    updated: ({ loadBalancerArn, certificateArn }) => ({
        loadBalancerArn,
        port: 8443,
        protocol: "HTTPS",
        certificateArn,
        sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
        defaultActions: [notFound],
        tags: { Name: "two" },
    }),
    replacing: () => ({ loadBalancerArn: "arn:aws:elasticloadbalancing:eu-west-1:222222222222:loadbalancer/app/other/1" }),
});

testLifecycle({
    token: "aws:lb/listenerRule:ListenerRule",
    given: ({ listenerArn, targetGroupArn }) => ({
        listenerArn,
        priority: 10,
        actions: [{ type: "forward", targetGroupArn }],
        conditions: [{ hostHeader: { values: ["www.example.com", "example.com"] } }, { sourceIp: { values: ["192.0.2.0/24"] } }],
        tags: { Name: "one" },
    }),
    updated: ({ listenerArn, targetGroupArn }) => ({
        listenerArn,
        priority: 20,
        actions: [{ type: "forward", forward: { targetGroups: [{ arn: targetGroupArn, weight: 5 }] } }],
        conditions: [
            { pathPattern: { values: ["/api/*"] } },
            { httpRequestMethod: { values: ["GET"] } },
            { httpHeader: { httpHeaderName: "x-preview", values: ["yes"] } },
            { queryStrings: [{ key: "preview", value: "yes" }] },
        ],
        tags: { Name: "two" },
    }),
    replacing: () => ({ listenerArn: "arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/other/1/2" }),
});
