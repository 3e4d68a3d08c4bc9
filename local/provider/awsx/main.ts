import type * as pulumi from "@pulumi/pulumi";
import { main } from "@pulumi/pulumi/provider";
import { pluginVersion } from "../install";

/** The component `awsx.ec2.Vpc`, on the SDK's own provider server. Everything else of awsx is refused by name. */
const provider: pulumi.provider.Provider = {
    version: pluginVersion("awsx"),
    schema: JSON.stringify({ name: "awsx", version: pluginVersion("awsx"), resources: { "awsx:ec2:Vpc": { isComponent: true } } }),
    async construct(name, type, inputs, options) {
        if (type !== "awsx:ec2:Vpc") throw new Error(`the local awsx provider has no component ${type}; it has awsx:ec2:Vpc`);
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- takes long to load, and most runs of the engine construct nothing
        const { constructVpc } = require("./vpc") as typeof import("./vpc");
        return await constructVpc(name, inputs, options);
    },
};

process.stdin.once("end", () => process.exit(0)).resume(); // the engine holds the other end: it is gone
void main(provider, process.argv.slice(2));
