import assert from "node:assert/strict";
import { engineError } from "../../automation/engine/failures";
import { plain, type Failure } from "../../automation/engine/progress";
import type { ErrorKind } from "../../automation/errors";

interface Row {
    readonly what: string;
    readonly stderr?: string;
    readonly failures?: readonly Failure[];
    readonly kind: ErrorKind;
    readonly message: string;
}

/** Each text was written by engine 3.225. */
const rows: readonly Row[] = [
    {
        what: "a lock",
        stderr:
            "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
            "  file:///states/.pulumi/locks/organization/fixture/staging/1.json?no_tmp_dir=true: created by root@other (pid 1) at 2026-11-21T09:29:11Z\n",
        kind: "locked",
        message: "somebody else is working on the stack",
    },
    {
        what: "a lock that is gone while the engine looks at it",
        stderr: 'error: blob (key ".pulumi/locks/organization/fixture/staging/1.json") (code=NotFound): open 1.json: no such file or directory\n',
        kind: "locked",
        message: "somebody else is working on the stack",
    },
    {
        what: "a stack that was made meanwhile",
        stderr: "error: stack 'organization/fixture/staging' already exists\n",
        kind: "locked",
        message: "somebody else has just worked on the stack",
    },
    {
        what: "a stack that was filled meanwhile",
        stderr: "error: 'one' still has resources; removal rejected. Possible actions:\n- Make sure that 'one' is the stack that you want to destroy\n",
        kind: "locked",
        message: "somebody else has just worked on the stack",
    },
    { what: "no such stack", stderr: "error: no stack named 'nope' found\n", kind: "not-found", message: "no stack named 'nope' found" },
    {
        what: "a wrong passphrase",
        stderr: "warning: using pulumi-language-nodejs from $PATH at /bin\nerror: getting stack configuration: get stack secrets manager: incorrect passphrase\n",
        kind: "passphrase",
        message: "the passphrase of the state's secrets is wrong",
    },
    {
        what: "no passphrase",
        stderr: "error: getting stack configuration: get stack secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables\n",
        kind: "passphrase",
        message: "the passphrase of the state's secrets is missing",
    },
    {
        what: "a passphrase file that is not there",
        stderr: "error: getting stack configuration: get stack secrets manager: unable to read PULUMI_CONFIG_PASSPHRASE_FILE: open /nonexist: no such file or directory\n",
        kind: "passphrase",
        message: "the passphrase of the state's secrets is missing",
    },
    { what: "a newer checkpoint", stderr: "error: failed to load checkpoint: unsupported checkpoint version 99\n", kind: "newer-state", message: "the state was written by a newer Pulumi" },
    {
        what: "a newer state store",
        stderr: "error: state store unsupported: 'meta.yaml' version (9) is not supported by this version of the Pulumi CLI\n",
        kind: "newer-state",
        message: "the state was written by a newer Pulumi",
    },
    { what: "an empty state", stderr: "error: failed to load checkpoint: place 1: unexpected end of JSON input\n", kind: "backend", message: "the state cannot be read: it is damaged" },
    {
        what: "a state of which the engine finds that somebody has changed it",
        stderr:
            "error: The Pulumi CLI encountered a snapshot integrity error. This is a bug!\n\nWe would appreciate a report: https://github.com/pulumi/pulumi/issues/\n" +
            "Error:             snapshot integrity failure; refusing to use it: magic cookie mismatch\n\nStack Trace:\n\ngoroutine 1 [running]:\n",
        kind: "backend",
        message: "the state cannot be read: it is damaged",
    },
    {
        what: "a folder of states that is not there",
        stderr: "error: unable to open bucket file:///nonexistent?no_tmp_dir=true: stat /nonexistent: no such file or directory\n",
        kind: "backend",
        message: "unable to open bucket file:///nonexistent?no_tmp_dir=true: stat /nonexistent: no such file or directory",
    },
    {
        what: "no credentials for the bucket",
        stderr:
            'error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): NoCredentialProviders: no valid providers in chain. Deprecated.\n' +
            "\tFor verbose messaging see aws.Config.CredentialsChainVerboseErrors\n",
        kind: "credentials",
        message:
            'read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): NoCredentialProviders: no valid providers in chain. Deprecated. For verbose messaging see aws.Config.CredentialsChainVerboseErrors',
    },
    {
        what: "a bucket that cannot be reached",
        stderr:
            'error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): RequestError: send request failed\n' +
            'caused by: Get "https://states.s3.eu-west-1.amazonaws.com/.pulumi/meta.yaml": dial tcp: lookup states.s3.eu-west-1.amazonaws.com: no such host\n',
        kind: "network",
        message:
            'read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): RequestError: send request failed: Get "https://states.s3.eu-west-1.amazonaws.com/.pulumi/meta.yaml": dial tcp: lookup states.s3.eu-west-1.amazonaws.com: no such host',
    },
    {
        what: "a provider plugin that is not there",
        failures: [{ resource: "default_7_48_0 (pulumi:providers:aws)", message: "no resource plugin 'pulumi-resource-aws' found in the workspace at version v7.48.0 or on your $PATH" }],
        kind: "engine",
        message: "no resource plugin 'pulumi-resource-aws' found in the workspace at version v7.48.0 or on your $PATH",
    },
    {
        what: "expired credentials of the provider",
        failures: [{ resource: "aws (pulumi:providers:aws)", message: "unable to validate AWS credentials: ExpiredToken: The security token included in the request is expired" }],
        kind: "credentials",
        message: "unable to validate AWS credentials: ExpiredToken: The security token included in the request is expired",
    },
    {
        what: "AWS that gives no role because it cannot be reached",
        failures: [{ resource: "aws (pulumi:providers:aws)", message: "IAM Role (arn:aws:iam::222222222222:role/x) cannot be assumed: STS AssumeRole: connect ECONNREFUSED 127.0.0.1:1" }],
        kind: "network",
        message: "IAM Role (arn:aws:iam::222222222222:role/x) cannot be assumed: STS AssumeRole: connect ECONNREFUSED 127.0.0.1:1",
    },
    {
        what: "AWS that takes no credentials because it cannot be reached",
        failures: [{ resource: "aws (pulumi:providers:aws)", message: "unable to validate AWS credentials: STS GetCallerIdentity: connect ECONNREFUSED 127.0.0.1:1" }],
        kind: "network",
        message: "unable to validate AWS credentials: STS GetCallerIdentity: connect ECONNREFUSED 127.0.0.1:1",
    },
    {
        what: "a wrong account",
        failures: [{ message: "AWS account ID not allowed: 111111111111; allowed: 222222222222" }],
        kind: "credentials",
        message: "AWS account ID not allowed: 111111111111; allowed: 222222222222",
    },
    {
        what: "problems that the program finds",
        failures: [{ message: "staging: 2 problems\n  Pulumi.staging.yaml understudy:zone: not there\n  app/compose.yaml:7 services.web: odd" }],
        kind: "settings",
        message: "staging: 2 problems\n  Pulumi.staging.yaml understudy:zone: not there\n  app/compose.yaml:7 services.web: odd",
    },
    {
        what: "resources that failed, each once",
        stderr: "error: update failed\n",
        failures: [
            { resource: "web-ecs (aws:ecs/service:Service)", message: "InvalidParameterException: no" },
            { resource: "web-logs (aws:cloudwatch/logGroup:LogGroup)", message: "ResourceAlreadyExistsException: yes" },
            { resource: "web-ecs (aws:ecs/service:Service)", message: "InvalidParameterException: no" },
            { message: "update failed" },
        ],
        kind: "update-failed",
        message: "web-ecs (aws:ecs/service:Service): InvalidParameterException: no\nweb-logs (aws:cloudwatch/logGroup:LogGroup): ResourceAlreadyExistsException: yes",
    },
    {
        what: "resources that failed for several reasons, of which one is known",
        stderr: "error: update failed\n",
        failures: [
            { resource: "web-ecs (aws:ecs/service:Service)", message: "InvalidParameterException: no" },
            { resource: "web-logs (aws:cloudwatch/logGroup:LogGroup)", message: "dial tcp 127.0.0.1:1: connection refused" },
            { message: "update failed" },
        ],
        kind: "update-failed",
        message: "web-ecs (aws:ecs/service:Service): InvalidParameterException: no\nweb-logs (aws:cloudwatch/logGroup:LogGroup): dial tcp 127.0.0.1:1: connection refused",
    },
    {
        what: "one cause, and a plugin that was slow to say that it is well",
        failures: [
            { resource: "aws (pulumi:providers:aws)", message: "cannot be assumed: STS AssumeRole: connect ECONNREFUSED 127.0.0.1:1" },
            { message: "Detected that /plugins/pulumi-resource-aws exited prematurely. \n       This is *always* a bug in the provider.\n" },
        ],
        kind: "network",
        message: "cannot be assumed: STS AssumeRole: connect ECONNREFUSED 127.0.0.1:1",
    },
    {
        what: "a SIGINT, and a plugin that was slow to say that it is well",
        failures: [{ message: "update canceled" }, { message: "Detected that /plugins/p exited prematurely." }],
        kind: "interrupted",
        message: "somebody stopped the engine before the end",
    },
    { what: "a plugin that ended without a cause", failures: [{ message: "Detected that /plugins/p exited prematurely." }], kind: "update-failed", message: "Detected that /plugins/p exited prematurely." },
    { what: "a SIGINT that somebody sent to it", stderr: "error: update canceled\n", failures: [{ message: "update canceled" }], kind: "interrupted", message: "somebody stopped the engine before the end" },
    {
        what: "a resource, in an update that was then stopped",
        failures: [{ resource: "web-ecs (aws:ecs/service:Service)", message: "InvalidParameterException: no" }, { message: "update canceled" }],
        kind: "update-failed",
        message: "web-ecs (aws:ecs/service:Service): InvalidParameterException: no",
    },
    { what: "an update of which nothing else is known", failures: [{ message: "update failed" }], kind: "update-failed", message: "update failed" },
    {
        what: "a compiled program that is not there",
        stderr: "error: project 'main' could not be read: stat /dist/index.js: no such file or directory\n",
        kind: "engine",
        message: "project 'main' could not be read: stat /dist/index.js: no such file or directory",
    },
    { what: "nothing at all", kind: "engine", message: "the engine ended without saying why" },
];

describe("a failure of the engine", () => {
    for (const { what, stderr = "", failures = [], kind, message } of rows) {
        it(`by ${what} is of kind ${kind}`, () => {
            const error = engineError({ stderr, failures, cause: undefined });
            assert.deepEqual({ kind: error.kind, message: error.message }, { kind, message });
            assert.notEqual(error.advice, "");
        });
    }

    it("is not guessed from what the program prints", () => {
        const error = engineError({ stderr: "the stack is currently locked by a friend\nerror: project 'main' could not be read\n", cause: undefined });
        assert.equal(error.kind, "engine");
    });

    it("keeps its cause", () => {
        const cause = new Error("below");
        assert.equal(engineError({ stderr: "", cause }).cause, cause);
    });

    it("shows what an unhandled exception says, without colours and stack", () => {
        const message =
            "Running program '/dist/index.js' failed with an unhandled exception:\nError: boom\n    at Object.<anonymous> \u001b[90m(/dist/\u001b[39mindex.js:1:7\u001b[90m)\u001b[39m\n" +
            "    at async Stack.initialize (/node_modules/\u001b[4m@pulumi/runtime\u001b[24m/stack.ts:78:28)\n";
        assert.equal(plain(message), "Running program '/dist/index.js' failed with an unhandled exception:\nError: boom");
    });
});
