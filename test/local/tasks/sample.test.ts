import { AuthorizeSecurityGroupIngressCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import {
    CreatePrivateDnsNamespaceCommand,
    CreateServiceCommand,
    ListNamespacesCommand,
    ServiceDiscoveryClient,
} from "@aws-sdk/client-servicediscovery";
import assert from "node:assert/strict";
import { join } from "node:path";
import { exportImages } from "../../../local/images/export";
import { publishImage } from "../../../local/images/publish";
import { makeSampleRepository, type SampleRepository } from "../../../local/images/sample";
import { FrontDoor } from "../../../local/frontdoor/frontDoor";
import { place } from "../emulator/support";
import { ask } from "../frontdoor/ask";
import { Stage } from "./stage";

const registry = `${place.account}.dkr.ecr.${place.region}.amazonaws.com`;

describe("sample application on the emulator", function () {
    this.timeout(30_000);
    const stage = Stage.make();
    let repository: SampleRepository;
    let door: FrontDoor;
    let namespaceId: string;

    before(async () => {
        repository = await makeSampleRepository(join(__dirname, "../../../app"), join(stage.worldDirectory, "shop"));
        const open = { GroupId: stage.network.groupId, IpProtocol: "tcp", FromPort: 80, ToPort: 80, CidrIp: "203.0.113.10/32" };
        await new EC2Client(stage.emulator.staging).send(new AuthorizeSecurityGroupIngressCommand(open));
        const discovery = new ServiceDiscoveryClient(stage.emulator.staging);
        await discovery.send(new CreatePrivateDnsNamespaceCommand({ Name: "staging.internal", Vpc: stage.network.vpcId }));
        namespaceId = (await discovery.send(new ListNamespacesCommand({}))).Namespaces![0]!.Id!;
        door = await FrontDoor.start({
            endpoint: stage.emulator.operator.endpoint,
            port: 0,
            clientAddress: "203.0.113.10",
            log: () => undefined,
            onSilence: () => undefined,
        });
    });
    after(() => door.close());

    /** What a branch stack makes, as far as tasks and the front door see it. */
    async function deploy(branch: string, id: string): Promise<void> {
        const { worldDirectory, emulator } = stage;
        const images = await exportImages({
            worldDirectory,
            repository: repository.directory,
            commit: branch,
            contexts: { "shop-web": "app/web", api: "app/api" },
        });
        const ecr = new ECRClient(emulator.staging);
        const references: Record<string, string> = {};
        for (const [name, image] of Object.entries(images)) {
            await publishImage(ecr, "shop/test", `${id}-${name}`, image);
            await publishImage(ecr, "shop/test", `${id}-${name}`, image);
            references[name] = `${registry}/shop/test@${image.digest}`;
        }
        const environment = [
            { name: "API_URL", value: `http://api--${id}.staging.internal:8080` },
            { name: "UNDERSTUDY_ENVIRONMENT", value: id },
            { name: "UNDERSTUDY_KIND", value: "branch" },
            { name: "UNDERSTUDY_BRANCH", value: branch },
        ];
        const { Service } = await new ServiceDiscoveryClient(emulator.staging).send(
            new CreateServiceCommand({
                Name: `api--${id}`,
                NamespaceId: namespaceId,
                DnsConfig: { DnsRecords: [{ Type: "A", TTL: 10 }] },
                HealthCheckCustomConfig: { FailureThreshold: 1 },
            }),
        );
        const group = await stage.targetGroup(id, { HealthCheckPath: "/healthcheck" });
        const healthCheck = { command: ["CMD", "node", "healthcheck.mjs"], interval: 10 };
        await stage.createService({
            serviceName: `${id}-web`,
            taskDefinition: await stage.define(`${id}-web`, { image: references["shop-web"]!, environment }),
            loadBalancers: [{ targetGroupArn: group, containerName: "main", containerPort: 8080 }],
        });
        await stage.createService({
            serviceName: `${id}-worker`,
            taskDefinition: await stage.define(`${id}-worker`, {
                image: references["shop-web"]!,
                environment,
                command: ["node", "worker.mjs"],
                portMappings: [],
            }),
        });
        await stage.createService({
            serviceName: `${id}-api`,
            taskDefinition: await stage.define(`${id}-api`, { image: references.api!, environment, healthCheck }),
            serviceRegistries: [{ registryArn: Service!.Arn! }],
        });
    }

    it("answers for each branch at its own address with that branch's code", async () => {
        const branches = { "feature/blue-banner": "blue", "fix/Ünïcode-🚀-name": "unicode" };
        await Promise.all(Object.entries(branches).map(([branch, id]) => deploy(branch, id)));
        for (const id of Object.values(branches)) {
            for (const name of ["web", "worker", "api"]) {
                await stage.until(`${id}-${name} is completed`, ({ services }) =>
                    services.some(
                        ({ serviceName, deployments }) => serviceName === `${id}-${name}` && deployments[0]!.rolloutState === "COMPLETED",
                    ),
                );
            }
        }
        const infoOf = async (id: string): Promise<unknown> =>
            JSON.parse((await ask(door.port, `${id}.localhost`, "/info.json")).body) as unknown;
        const commits = repository.commits;
        const common = { service: "web", kind: "branch", sessionSecret: "not set" };

        assert.deepEqual(await infoOf("blue"), {
            ...common,
            ...{
                environment: "blue",
                branch: "feature/blue-banner",
                commit: commits["feature/blue-banner"],
                banner: "The blue sale begins on Monday",
            },
            api: { answered: true, message: "Hello from api", commit: commits["feature/blue-banner"], environment: "blue" },
        });
        assert.deepEqual(await infoOf("unicode"), {
            ...common,
            ...{ environment: "unicode", branch: "fix/Ünïcode-🚀-name", commit: commits["fix/Ünïcode-🚀-name"], banner: null },
            api: {
                answered: true,
                message: "Grüße, здравствуйте, こんにちは 🚀",
                commit: commits["fix/Ünïcode-🚀-name"],
                environment: "unicode",
            },
        });
    });
});
