import assert from "node:assert/strict";
import { parseCron } from "../../../model/schedules/cron";
import { lastRun, wallClock } from "../../../model/schedules/lastRun";

describe("the last run", () => {
    for (const [text, last] of [
        ["0 3 * * ? *", "2199-12-31T03:00:00"],
        ["0,30 3,15 * 2 ? 2027-2028", "2028-02-29T15:30:00"],
        ["0 0 31 * ? 2027", "2027-12-31T00:00:00"],
        ["0 0 31 4-10 ? 2027", "2027-10-31T00:00:00"],
        ["0 0 L 2 ? 2027", "2027-02-28T00:00:00"],
        ["0 0 LW 1 ? 2027", "2027-01-29T00:00:00"], // the 31st is a Sunday
        ["0 0 LW 7 ? 2027", "2027-07-30T00:00:00"], // the 31st is a Saturday
        ["0 0 1W 5 ? 2027", "2027-05-03T00:00:00"], // the 1st is a Saturday
        ["0 0 15W 8 ? 2027", "2027-08-16T00:00:00"], // the 15th is a Sunday
        ["0 0 31W 1 ? 2027", "2027-01-29T00:00:00"],
        ["0 0 ? 1 MON 2027", "2027-01-25T00:00:00"],
        ["0 0 ? 1 MON#2 2027", "2027-01-11T00:00:00"],
        ["0 0 ? * MON#5 2027", "2027-11-29T00:00:00"],
        ["0 0 ? 1 FRIL 2027", "2027-01-29T00:00:00"],
        ["0 0 ? 1 L 2027", "2027-01-30T00:00:00"],
    ] as const) {
        it(`of ${text} is ${last}`, () => {
            const { cron, faults } = parseCron(text);
            assert.deepEqual([faults, cron && lastRun(cron)], [[], last]);
        });
    }

    it("is compared with a clock in its zone", () => {
        const now = new Date("2026-03-29T01:30:00Z");
        assert.deepEqual([wallClock(now), wallClock(now, "Europe/Berlin"), wallClock(now, "America/New_York")], ["2026-03-29T01:30:00", "2026-03-29T03:30:00", "2026-03-28T21:30:00"]);
        assert.equal(wallClock(new Date("2026-01-01T00:00:00Z")), "2026-01-01T00:00:00");
    });
});
