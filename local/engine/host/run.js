"use strict";

// What the language host starts in place of Pulumi's own program runner. The host that is built from source knows no `runtime.options`, and so
// lets every program load the TypeScript compiler; one that is compiled already starts sooner without it.
if (process.argv.at(-1).endsWith(".js")) delete process.env.PULUMI_NODEJS_TYPESCRIPT;
require("@pulumi/pulumi/cmd/run");
