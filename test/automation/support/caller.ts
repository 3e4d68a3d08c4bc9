import { Workspace } from "../../../automation/engine/workspace";
import { environmentOf } from "../../../automation/surroundings";
import type { PrivateSettings } from "../../../automation/settings/privateSettings";

// A program that brings a stack up, to be killed in the middle of it.

interface Order {
    readonly env: Readonly<Record<string, string>>;
    readonly backend: string;
    readonly program: string;
    readonly settings: PrivateSettings;
}

const { env, backend, program, settings } = JSON.parse(process.env["UNDERSTUDY_TEST"] ?? "") as Order;
const workspace = Workspace.open({ project: { name: "fixture" }, backend, env: environmentOf({ env }), main: program, emit: () => undefined });
workspace.writeSettings("one", settings);
void workspace.up("one");
