import { whenTestsEnd } from "../../../support/ending";
import { emulatorForTests, type TestEmulator } from "../../emulator/support";
import type { Props } from "../../../../local/provider/values";
import { TestEngine } from "./engine";

/** A configured provider in front of an emulator that all tests of this folder share: they name things differently. */
export interface TestWorld {
    readonly engine: TestEngine;
    readonly emulator: TestEmulator;
    /** What everything else needs. Made on first use. */
    readonly network: () => Promise<Network>;
}

/** A VPC with subnets in two zones, and what stands in front of services. */
export interface Network {
    readonly vpcId: string;
    readonly subnets: readonly [string, string];
    readonly securityGroupId: string;
    readonly loadBalancerArn: string;
    readonly listenerArn: string;
    readonly targetGroupArn: string;
}

export const account = "222222222222";
export const region = "eu-west-1";
export const defaultTags = { "understudy:app": "shop" };

let shared: Promise<TestWorld> | undefined;

/** The world, started on first use. */
export async function testWorld(): Promise<TestWorld> {
    return await (shared ??= startWorld());
}

async function stopWorld({ engine, emulator }: Pick<TestWorld, "engine" | "emulator">): Promise<void> {
    shared = undefined;
    await engine.stop();
    await emulator.stop();
}

/** Provider arguments for the emulator's staging account. */
export function providerArguments({ staging: { credentials } }: TestEmulator): Props {
    return {
        region,
        accessKey: credentials.accessKeyId,
        secretKey: credentials.secretAccessKey,
        token: credentials.sessionToken ?? "",
        maxRetries: "2", // a planned fault is to show soon
        allowedAccountIds: JSON.stringify([account]),
        defaultTags: JSON.stringify({ tags: defaultTags }),
    };
}

async function startWorld(): Promise<TestWorld> {
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
    const emulator = await emulatorForTests();
    const engine = await TestEngine.start({ AWS_ENDPOINT_URL: emulator.staging.endpoint });
    whenTestsEnd(() => stopWorld({ engine, emulator }));
    await engine.configure(providerArguments(emulator));
    let network: Promise<Network> | undefined;
    return { engine, emulator, network: () => (network ??= makeNetwork(engine)) };
}

async function makeNetwork(engine: TestEngine): Promise<Network> {
    const { id: vpcId } = await engine.create("aws:ec2/vpc:Vpc", "world", { cidrBlock: "10.9.0.0/16" });
    const subnet = async (zone: string, cidrBlock: string): Promise<string> =>
        (await engine.create("aws:ec2/subnet:Subnet", `world-${zone}`, { vpcId, cidrBlock, availabilityZone: `${region}${zone}` })).id;
    const subnets = [await subnet("a", "10.9.0.0/24"), await subnet("b", "10.9.1.0/24")] as const;
    const { id: securityGroupId } = await engine.create("aws:ec2/securityGroup:SecurityGroup", "world", { vpcId });
    const { id: loadBalancerArn } = await engine.create("aws:lb/loadBalancer:LoadBalancer", "world", {
        subnets,
        securityGroups: [securityGroupId],
    });
    const { id: targetGroupArn } = await engine.create("aws:lb/targetGroup:TargetGroup", "world", {
        vpcId,
        port: 80,
        protocol: "HTTP",
        targetType: "ip",
    });
    const { id: listenerArn } = await engine.create("aws:lb/listener:Listener", "world", {
        loadBalancerArn,
        port: 80,
        defaultActions: [{ type: "forward", targetGroupArn }],
    });
    return { vpcId, subnets, securityGroupId, loadBalancerArn, listenerArn, targetGroupArn };
}
