/** The platforms that Fargate runs, by the names that Docker takes, and ECS's own names for them. */
const architectures = {
    linux: "X86_64",
    "linux/amd64": "X86_64",
    "linux/x86_64": "X86_64",
    "linux/x86-64": "X86_64",
    "linux/arm64": "ARM64",
    "linux/arm64/v8": "ARM64",
    "linux/aarch64": "ARM64",
} as const;

export type Platform = keyof typeof architectures;

/** What `platform` can be. */
export const platforms = Object.keys(architectures) as readonly Platform[];

/** The processor that a container is built for; X86_64 where nothing is said. */
export function architectureFor(platform: string | undefined): "X86_64" | "ARM64" {
    return platform !== undefined && Object.hasOwn(architectures, platform) ? architectures[platform as Platform] : "X86_64";
}
