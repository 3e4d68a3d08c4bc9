import type { Tmpfs } from "../application";
import type { Findings } from "../findings";
import { given } from "../given";
import { bytesToMebibytes, parseSize } from "../units";
import { refuse } from "./keys";
import type { Node } from "./tree";
import { readKeys, readMebibytes, readText, readTextOrTexts } from "./values";

/** Options of a mount that ECS passes on. */
const plainOptions = new Set(
    (
        "defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime nodiratime bind rbind " +
        "unbindable runbindable private rprivate shared rshared slave rslave relatime norelatime strictatime nostrictatime"
    ).split(" "),
);
const valuedOptions = new Set(["mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol"]);

/** A file system in memory, and where it is written. */
export type PlacedTmpfs = Tmpfs & { readonly at: Node };

/** Reads `tmpfs`: a path or a list of them, each perhaps with options. @example "/run:size=64m,noexec" */
export function readTmpfs(node: Node, findings: Findings, aws: Findings): readonly PlacedTmpfs[] {
    return readTextOrTexts(node, findings).map(([at, text]) => {
        const colon = text.indexOf(":");
        const [path, listed] = colon === -1 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
        const options = listed.split(",").filter((option) => option !== "");
        const sizes = options.filter((option) => option.startsWith("size="));
        const bytes = parseSize(sizes.at(-1)?.slice("size=".length) ?? "");
        if (sizes.length > 0 && bytes === undefined) refuse(at, "ECS takes the size as a number with a unit, such as size=64m", aws);
        const others = options.filter((option) => !option.startsWith("size="));
        for (const option of others.filter((each) => !isKnown(each))) refuse(at, `ECS does not know the mount option ${option}`, aws);
        return given({ at, path, size: bytes ? bytesToMebibytes(bytes) : undefined, options: others });
    });
}

/** Reads what a volume of type `tmpfs` says of itself. */
export function readTmpfsOptions(node: Node, findings: Findings): Pick<Tmpfs, "size" | "options"> {
    const { size, mode } = readKeys(node, findings, ["size", "mode"]);
    const bits = mode && readText(mode, findings);
    return given({ size: size && readMebibytes(size, findings), options: bits === undefined ? [] : [`mode=${octal(bits)}`] });
}

function isKnown(option: string): boolean {
    const [, name = "", value] = /^([^=]*)(?:=(.*))?$/.exec(option) ?? [];
    return value === undefined ? plainOptions.has(name) : valuedOptions.has(name);
}

/** A file mode as mount options have it. What is written with a leading zero came through YAML as it stands, or as a decimal number. */
function octal(mode: string): string {
    return mode.startsWith("0") ? mode : Number(mode).toString(8);
}
