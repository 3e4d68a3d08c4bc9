import Mocha from "mocha";

/** Mocha's `spec` output, closed with one plain line that any program can read. */
class Reporter extends Mocha.reporters.Spec {
    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
        super(runner, options);
        runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
            const { passes, failures, pending } = this.stats;
            Mocha.reporters.Base.consoleLog(`${String(passes)} passed, ${String(failures)} failed, ${String(pending)} skipped`);
        });
    }
}

export = Reporter;
