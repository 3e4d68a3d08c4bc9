import { z } from "zod";

const texts = z.array(z.string().min(1)).min(1);
const variable = z.string().regex(/^(?!CODEBUILD_)[A-Za-z_][A-Za-z0-9_]*$/, "CODEBUILD_ is CodeBuild's own");
const yesNo = z.enum(["yes", "no"]);
const onFailure = z.string().regex(/^(ABORT|CONTINUE|RETRY)/);
const phase = z.strictObject({ "run-as": z.string().optional(), "on-failure": onFailure.optional(), commands: texts, finally: texts.optional() });
const artifact = {
    files: texts,
    name: z.string().optional(),
    "discard-paths": yesNo.optional(),
    "base-directory": z.string().optional(),
    "exclude-paths": z.string().optional(),
    "enable-symlinks": yesNo.optional(),
    "s3-prefix": z.string().optional(),
};
const formats = ["CUCUMBERJSON", "JUNITXML", "NUNITXML", "NUNIT3XML", "TESTNGXML", "VISUALSTUDIOTRX", "CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"];
const report = z.strictObject({
    files: texts,
    "base-directory": z.string().optional(),
    "discard-paths": yesNo.optional(),
    "file-format": z.string().refine((format) => formats.includes(format.toUpperCase())).optional(),
});

/**
 * A build specification of CodeBuild, as AWS describes version 0.2 (https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html),
 * without batches. Nobody publishes a schema of it.
 */
export const buildspec = z.strictObject({
    version: z.literal(0.2),
    "run-as": z.string().optional(),
    env: z
        .strictObject({
            shell: z.enum(["bash", "/bin/sh"]).optional(),
            variables: z.record(variable, z.string()).optional(),
            "parameter-store": z.record(variable, z.string()).optional(),
            "secrets-manager": z.record(variable, z.string()).optional(),
            "exported-variables": z.array(variable).optional(),
            "git-credential-helper": yesNo.optional(),
        })
        .optional(),
    proxy: z.strictObject({ "upload-artifacts": yesNo.optional(), logs: yesNo.optional() }).optional(),
    phases: z.strictObject({
        install: phase.extend({ commands: texts.optional(), "runtime-versions": z.record(z.string(), z.union([z.string(), z.number()])).optional() }).optional(),
        pre_build: phase.optional(),
        build: phase.optional(),
        post_build: phase.optional(),
    }),
    reports: z.record(z.string(), report).optional(),
    artifacts: z.strictObject({ ...artifact, "secondary-artifacts": z.record(z.string(), z.strictObject(artifact)).optional() }).optional(),
    cache: z.strictObject({ key: z.string().optional(), "fallback-keys": texts.optional(), action: z.string().optional(), paths: texts }).optional(),
});

/** What CodeBuild tells every build (https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html), as far as it is used here. */
export const variablesOfBuilds = ["AWS_REGION", "CODEBUILD_RESOLVED_SOURCE_VERSION", "CODEBUILD_SRC_DIR", "CODEBUILD_SRC_DIR_environments", "CODEBUILD_WEBHOOK_HEAD_REF", "PATH"];
