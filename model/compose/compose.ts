import path from "node:path";
import { placeOf, type Application, type Service } from "../application";
import { Findings } from "../findings";
import { bucketVariable, hostVariable, queueVariable } from "../names";
import type { Problem } from "../problem";
import { readDeclarations } from "./declarations";
import { nothingDeclared, readFileExtension, type FileExtension } from "./fileExtension";
import { checkCycles } from "./dependsOn";
import { DotEnvFiles } from "./dotenv";
import { noFiles, readOnce, type Files } from "./files";
import type { Variables } from "./interpolate";
import { wholePortRoom } from "./ports";
import { readProject } from "./project";
import type { Reading } from "./scope";
import { readService } from "./service";
import { isNothing, type MapNode } from "./tree";
import { readMap } from "./values";

/**
 * Reads a Compose file as the Compose Specification says, with all files that it includes, extends and takes variables from. `file` is
 * its name in problems; `variables` are the values for its `${…}`. Whatever is wrong, the rest is read.
 */
export function readCompose(
    text: string,
    file: string,
    variables: Variables,
    files: Files = noFiles,
): { readonly application: Application; readonly problems: readonly Problem[] } {
    const findings = new Findings();
    const reading: Reading = { findings, files: readOnce(files), dotEnvs: new DotEnvFiles(), saidOfFiles: new Set(), root: path.dirname(file) };
    const project = readProject(text, path.basename(file), variables, reading);
    const extension = project.root === undefined ? nothingDeclared : readFileExtension(project.root, findings);
    const services = project.root === undefined ? [] : readServices(project.root, extension, project.variables, reading);
    return { application: { file, services, ...extension, variables: project.variables }, problems: findings.problems };
}

function readServices(root: MapNode, { queues, buckets }: FileExtension, variables: Variables, reading: Reading): readonly Service[] {
    const { findings } = reading;
    const node = root.entries.get("services")?.value;
    const entries = node === undefined || isNothing(node) ? [] : [...(readMap(node, findings)?.entries ?? [])];
    if (node === undefined || isNothing(node)) findings.error(node ?? root, "a Compose file needs at least one service under services");

    const names = entries.map(([name]) => name);
    const onAws = [...names.map(hostVariable), ...queues.map(queueVariable), ...buckets.map(bucketVariable)];
    const hostVariables = new Set(onAws.filter((name) => !Object.hasOwn(variables, name)));
    const context = { ...reading, variables, services: new Set(names), declarations: readDeclarations(root, findings), hostVariables, portRoom: wholePortRoom() };
    const services = entries.flatMap(([name, { key, value }]) => readService(name, key.place, value, context) ?? []);
    checkCycles(services, findings);
    return withOwnImages(services, findings).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Services that name an image which another one builds run the same image. */
function withOwnImages(services: readonly Service[], findings: Findings): readonly Service[] {
    const built = services.filter(({ ownImage }) => ownImage !== undefined);
    const first = new Map(built.toReversed().map((service) => [service.ownImage, service]));
    for (const service of built) {
        const other = first.get(service.ownImage);
        if (other === undefined || other.image === service.image) continue;
        const at = { path: ["services", service.name, "image"], place: placeOf(service, "image") };
        findings.error(
            at,
            `service ${other.name} builds another image of the name ${String(service.ownImage)}; give one of them another name`,
            service.image,
        );
    }
    const builders = new Map(built.toReversed().map((service) => [service.image, service]));
    return services.map((service) => {
        const builder = service.image === undefined ? undefined : builders.get(service.image);
        return builder?.ownImage === undefined ? service : { ...service, ownImage: builder.ownImage };
    });
}
