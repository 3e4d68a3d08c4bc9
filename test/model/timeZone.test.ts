import assert from "node:assert/strict";
import { timeZoneProblem } from "../../model/timeZone";
import { otherTimeZones } from "../../model/timeZoneNames";

describe("a time zone", () => {
    const form = "a time zone of the IANA database is expected, such as Europe/Berlin";
    for (const name of ["Europe/Berlin", "Asia/Tokyo", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Asia/Calcutta", "US/Pacific", "UTC", "Zulu", "EST5EDT", "NZ-CHAT", "W-SU", "Etc/GMT+9"]) {
        it(`is known: ${name}`, () => assert.equal(timeZoneProblem(name), undefined));
    }
    for (const [name, problem] of [
        ["Europe/Berln", `${form}; did you mean "Europe/Berlin"?`],
        ["europe/berlin", `${form}; write Europe/Berlin`],
        ["US/PACIFIC", `${form}; write US/Pacific`],
        ["utc", `${form}; write UTC`],
        ["Asia/kolkata", `${form}; write Asia/Kolkata`],
        ["etc/gmt+9", `${form}; write Etc/GMT+9`],
        ["US/Pacfic", `${form}; did you mean "US/Pacific"?`],
        ["SystemV/EST5", form],
        ["Factory", form],
        ["+09:00", form],
        ["EET5", form],
        ["JST", form],
        ["", form],
    ] as const) {
        it(`is refused: ${JSON.stringify(name)}`, () => assert.equal(timeZoneProblem(name), problem));
    }
    it("is of the names that Node knows, each once", () => {
        const names = [...otherTimeZones, ...Intl.supportedValuesOf("timeZone")];
        for (const name of otherTimeZones) assert.doesNotThrow(() => new Intl.DateTimeFormat("en", { timeZone: name }), name);
        assert.equal(new Set(otherTimeZones).size, otherTimeZones.length);
        assert.equal(new Set(names.map((name) => name.toLowerCase())).size, new Set(names).size);
    });
    it("is refused at once, however long it is", function () {
        this.timeout(2000);
        assert.equal(timeZoneProblem("x".repeat(1_000_000)), form);
    });
});
