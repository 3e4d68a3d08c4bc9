import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { deploy } from "../support/deploy";

class Parent extends pulumi.ComponentResource {
    constructor(name: string, children: (parent: Parent) => void) {
        super("understudy:test:Parent", name, {});
        children(this);
        this.registerOutputs({});
    }
}

function parameter(name: string, parent?: pulumi.Resource, value: pulumi.Input<string> = "x"): aws.ssm.Parameter {
    return new aws.ssm.Parameter(name, { type: "String", insecureValue: value }, { parent });
}

describe("the harness", () => {
    it("passes what is in order, and tells what was registered", async () => {
        const { resources, outputs } = await deploy(() => {
            new Parent("a", (parent) => parameter("a-1", parent));
            return { one: 1 };
        });
        assert.deepEqual(resources.map(({ name, inputs }) => [name, inputs]), [
            ["a-1", { type: "String", insecureValue: "x" }],
            ["a", {}],
        ]);
        assert.deepEqual(outputs, { one: 1 });
    });

    it("fails on a resource that is registered twice", async () => {
        const build = (): unknown => new Parent("a", (parent) => [parameter("a-1", parent), parameter("a-1", parent)]);
        await assert.rejects(deploy(build), /registered twice/);
    });

    it("fails on a resource that belongs to no component", async () => {
        await assert.rejects(deploy(() => void parameter("lost")), /lost belongs to no component/);
    });

    it("fails on a resource that does not bear the name of its component", async () => {
        await assert.rejects(deploy(() => new Parent("a", (parent) => parameter("b-1", parent))), /b-1 does not bear the name of its component, a/);
    });

    it("fails on a resource that a preview would not show", async () => {
        const build = (): unknown => new Parent("a", (parent) => parameter("a-1", parent).id.apply(() => parameter("a-2", parent)));
        await assert.rejects(deploy(build), /preview and update register different resources/);
    });

    it("fails on an input that differs between preview and update", async () => {
        const build = (): unknown => new Parent("a", (parent) => parameter("a-1", parent, pulumi.runtime.isDryRun() ? "x" : "y"));
        await assert.rejects(deploy(build), /preview and update differ in the inputs of .*a-1/);
    });

    it("fails on an input that was made of something absent", async () => {
        const absent: string | undefined = undefined;
        const build = (): unknown => new Parent("a", (parent) => parameter("a-1", parent, pulumi.interpolate`${absent}@sha256`));
        await assert.rejects(deploy(build), /an input of .*a-1 was made of something that is not there/);
    });

    it("waits for what a late apply registers", async () => {
        const later = async (): Promise<string> => {
            for (let turns = 0; turns < 20; turns++) await Promise.resolve();
            return "x";
        };
        const { resources } = await deploy(() => new Parent("a", (parent) => pulumi.output(later()).apply((value) => parameter("a-late", parent, value))));
        assert.deepEqual(resources.map(({ name }) => name), ["a-late", "a"]);
    });

    it("passes on what the program throws", async () => {
        const build = (): never => {
            throw new pulumi.RunError("refused");
        };
        await assert.rejects(deploy(build), { message: "refused" });
    });
});
