import assert from "node:assert/strict";
import { formatProblem, ProblemsError, throwOnErrors, type Problem } from "../model/problem";

const port: Problem = {
    severity: "error",
    file: "app/compose.yaml",
    line: 7,
    service: "web",
    key: "services.web.ports[0]",
    value: "eighty",
    message: "a port is a number from 1 to 65535; write 80",
};

describe("a problem", () => {
    it("reads as place, found, allowed", () => {
        assert.equal(
            formatProblem(port),
            '  app/compose.yaml:7 services.web.ports[0]: got "eighty"; a port is a number from 1 to 65535; write 80',
        );
    });

    it("says so when it is only a warning, and shows no value that it does not have", () => {
        const { line: _line, value: _value, ...rest } = port;
        assert.equal(
            formatProblem({ ...rest, severity: "warning" }),
            "  warning: app/compose.yaml services.web.ports[0]: a port is a number from 1 to 65535; write 80",
        );
    });

    it("stops with all others of the same input", () => {
        assert.throws(
            () => throwOnErrors("app", [port, { ...port, severity: "warning" }]),
            (error: unknown) => error instanceof ProblemsError && error.message.startsWith("app: 2 problems\n") && error.problems.length === 2,
        );
    });

    it("passes when it is only a warning", () => {
        throwOnErrors("app", [{ ...port, severity: "warning" }]);
    });
});
