/** Keys and indexes from the root of a file. @example ["services", "web", "ports", 0] */
export type Path = readonly (string | number)[];

/** @example formatPath(["services", "web", "ports", 0]) === "services.web.ports[0]" */
export function formatPath(path: Path): string {
    return path.reduce<string>((text, part) => {
        if (typeof part === "number") return `${text}[${part}]`;
        return text === "" ? part : `${text}.${part}`;
    }, "");
}

/** The path of what is around a formatted path; "" at the top. @example outerPath("a.b[0]") === "a.b" */
export function outerPath(path: string): string {
    return path.slice(0, Math.max(0, path.lastIndexOf("."), path.lastIndexOf("[")));
}
