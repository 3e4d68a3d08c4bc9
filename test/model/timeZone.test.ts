import assert from "node:assert/strict";
import { timeZoneProblem } from "../../model/timeZone";

describe("a time zone", () => {
    const form = "a time zone of the IANA database is expected, such as Europe/Berlin";
    for (const name of ["Europe/Berlin", "Asia/Tokyo", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "US/Pacific", "UTC", "Etc/GMT+9"]) {
        it(`is known: ${name}`, () => assert.equal(timeZoneProblem(name), undefined));
    }
    for (const [name, problem] of [
        ["Europe/Berln", `${form}; did you mean "Europe/Berlin"?`],
        ["europe/berlin", `${form}; write Europe/Berlin`],
        ["+09:00", form],
        ["JST", form],
        ["", form],
    ] as const) {
        it(`is refused: ${JSON.stringify(name)}`, () => assert.equal(timeZoneProblem(name), problem));
    }
    it("is refused at once, however long it is", function () {
        this.timeout(2000);
        assert.equal(timeZoneProblem("x".repeat(1_000_000)), form);
    });
});
