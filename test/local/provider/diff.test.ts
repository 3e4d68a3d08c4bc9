import assert from "node:assert/strict";
import { diff } from "../../../local/provider/diff";
import { resourceTypes } from "../../../local/provider/resources";
import type { ResourceType } from "../../../local/provider/resourceType";
import { unknown, type Props } from "../../../local/provider/values";

function typeNamed(token: string): ResourceType {
    const type = resourceTypes.get(token);
    assert.ok(type !== undefined);
    return type;
}

function paths(token: string, inputs: Props, news: Props, outputs: Props = {}, ignored: readonly string[] = []): readonly string[] {
    return diff(typeNamed(token), { inputs, outputs }, news, ignored).changes.map(({ path, replaces }) => (replaces ? `${path}!` : path));
}

const group = { name: "web-1234567", port: 80, protocol: "HTTP", vpcId: "vpc-1" };

describe("a diff", () => {
    it("looks at inputs only, and not at those that the engine keeps for itself", () => {
        const inputs = { ...group, __defaults: ["name"] };
        assert.deepEqual(paths("aws:lb/targetGroup:TargetGroup", inputs, { ...group, __defaults: [] }, { port: 8080, slowStart: 30 }), []);
    });

    it("takes what AWS decided as it is", () => {
        const [inputs, outputs] = [{ vpcId: "vpc-1", cidrBlock: "10.0.0.0/24" }, { availabilityZone: "eu-west-1a" }];
        const token = "aws:ec2/subnet:Subnet";
        assert.deepEqual(paths(token, inputs, { ...inputs, availabilityZone: "eu-west-1a" }, outputs), []);
        assert.deepEqual(paths(token, inputs, { ...inputs, availabilityZone: "eu-west-1b" }, outputs), ["availabilityZone!"]);
    });

    it("leaves out what is ignored, and what is inside of it", () => {
        const [inputs, news] = [
            { cidrBlock: "10.0.0.0/16", tags: { a: "1", b: "1" } },
            { cidrBlock: "10.1.0.0/16", tags: { a: "2", b: "2" } },
        ];
        const token = "aws:ec2/vpc:Vpc";
        assert.deepEqual(paths(token, inputs, news), ["cidrBlock!", "tags.a", "tags.b"]);
        assert.deepEqual(paths(token, inputs, news, {}, ["tags"]), ["cidrBlock!"]);
        assert.deepEqual(paths(token, inputs, news, {}, ["tags.a", "cidrBlock"]), ["tags.b"]);
    });

    it("counts the unknown as a change", () => {
        assert.deepEqual(paths("aws:lb/targetGroup:TargetGroup", group, { ...group, vpcId: unknown }), ["vpcId!"]);
    });

    const keeps = { ...group, port: 81 };
    const beforehand: readonly (readonly [title: string, token: string, inputs: Props, news: Props, expected: boolean])[] = [
        [
            "not with an automatic name",
            "aws:lb/targetGroup:TargetGroup",
            { ...group, __defaults: ["name"] },
            { ...keeps, __defaults: ["name"] },
            false,
        ],
        ["with a name of the program's that stays", "aws:lb/targetGroup:TargetGroup", group, keeps, true],
        ["not with one that changes too", "aws:lb/targetGroup:TargetGroup", group, { ...keeps, name: "api" }, false],
        ["not for an update", "aws:lb/targetGroup:TargetGroup", group, { ...group, slowStart: 30 }, false],
        [
            "where there can be only one",
            "aws:ecr/lifecyclePolicy:LifecyclePolicy",
            { repository: "a", policy: "{}" },
            { repository: "a", policy: '{"rules":[]}' },
            true,
        ],
    ];
    for (const [title, token, inputs, news, expected] of beforehand) {
        it(`removes the old one first: ${title}`, () => {
            assert.equal(diff(typeNamed(token), { inputs, outputs: {} }, news, []).deleteBeforeReplace, expected);
        });
    }

    const service = { name: "web", cluster: "c", taskDefinition: "web:1" };
    const spot = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
    const mixed = [...spot, { capacityProvider: "FARGATE", weight: 1 }];
    const moves: readonly (readonly [title: string, from: Props, to: Props, expected: readonly string[]])[] = [
        ["a new service", { capacityProviderStrategies: spot }, { capacityProviderStrategies: mixed }, ["capacityProviderStrategies!"]],
        [
            "a new deployment when that is forced",
            { capacityProviderStrategies: spot, forceNewDeployment: true },
            { capacityProviderStrategies: mixed, forceNewDeployment: true },
            ["capacityProviderStrategies"],
        ],
        [
            "a new service from none, forced or not",
            { forceNewDeployment: true },
            { capacityProviderStrategies: spot, forceNewDeployment: true },
            ["capacityProviderStrategies!"],
        ],
    ];
    for (const [title, from, to, expected] of moves) {
        it(`moves an ECS service to other capacity by ${title}`, () => {
            assert.deepEqual(paths("aws:ecs/service:Service", { ...service, ...from }, { ...service, ...to }), expected);
        });
    }

    it("sees containers as ECS does", () => {
        const definition = {
            family: "web",
            containerDefinitions: JSON.stringify([{ name: "web", image: "a", portMappings: [{ containerPort: 80 }] }]),
        };
        const filled = [
            {
                image: "a",
                name: "web",
                cpu: 0,
                essential: true,
                environment: [],
                mountPoints: [],
                portMappings: [{ containerPort: 80, hostPort: 80, protocol: "tcp" }],
            },
        ];
        const token = "aws:ecs/taskDefinition:TaskDefinition";
        assert.deepEqual(paths(token, definition, { ...definition, containerDefinitions: JSON.stringify(filled) }), []);
        const other = JSON.stringify([{ ...filled[0], environment: [{ name: "A", value: "1" }] }]);
        assert.deepEqual(paths(token, definition, { ...definition, containerDefinitions: other }), ["containerDefinitions!"]);
    });
});
