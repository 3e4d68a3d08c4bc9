import fc from "fast-check";
import { closeShared } from "./ending";

// The same examples in every run; FAST_CHECK_SEED looks for new ones.
fc.configureGlobal({ seed: Number(process.env["FAST_CHECK_SEED"] ?? 1) });

// Mocha stays green on a rejection that nobody awaits: make it fail the run instead.
process.on("unhandledRejection", (reason) => {
    throw reason;
});

// The AWS SDK's word about Node.js versions would stand amid the results.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

// Local worlds are the same on machines with Docker and without; the test that is about containers asks for them itself.
process.env["UNDERSTUDY_TASKS"] = "processes";

export const mochaHooks = { afterAll: closeShared };
