import { main } from "./run";

// The AWS SDK would greet every reader with a word about Node.js versions.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

void main(process.argv.slice(2), {
    directory: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
}).then((exitCode) => {
    process.exitCode = exitCode;
});
