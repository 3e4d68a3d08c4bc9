import fc from "fast-check";
import assert from "node:assert/strict";
import type { ExpressionFault } from "../../../model/schedules/fault";
import { atFaults, rateFaults } from "../../../model/schedules/rateAndAt";

const shown = (faults: readonly ExpressionFault[]): readonly string[] => faults.map(({ column, message }) => `${column}: ${message}`);
const unit = "allowed: minute, minutes, hour, hours, day, days";

describe("a rate", () => {
    for (const text of ["1 minute", "5 minutes", "1 hour", "12 hours", "1 day", "365 days"]) {
        it(`is understood: ${text}`, () => assert.deepEqual(rateFaults(text), []));
    }
    for (const [text, ...faults] of [
        ["", "1: a number and a unit are expected, such as 5 minutes"],
        ["5", "1: a number and a unit are expected, such as 5 minutes"],
        ["5 minutes or so", "1: a number and a unit are expected, such as 5 minutes"],
        ["1 minutes", "3: EventBridge wants the singular after 1; write 1 minute"],
        ["5 minute", "3: EventBridge wants the plural after other numbers than 1; write 5 minutes"],
        ["2 hour", "3: EventBridge wants the plural after other numbers than 1; write 2 hours"],
        ["0 minutes", '1: "0" is not a number from 1 on'],
        ["05 minutes", '1: "05" begins with a zero, which AWS need not take; write 5 minutes'],
        ["05 minute", '1: "05" begins with a zero, which AWS need not take; write 5 minutes'],
        ["05 weeks", '1: "05" begins with a zero, which AWS need not take; write 5', `4: "weeks" is not a unit; ${unit}`],
        ["  001 day", '3: "001" begins with a zero, which AWS need not take; write 1 day'],
        ["00 minutes", '1: "00" is not a number from 1 on'],
        ["-5 minutes", '1: "-5" is not a number from 1 on'],
        ["1.5 hours", '1: "1.5" is not a number from 1 on'],
        ["x weeks", '1: "x" is not a number from 1 on', `3: "weeks" is not a unit; ${unit}`],
        ["30 seconds", `4: "seconds" is not a unit; ${unit}`],
    ] as const) {
        it(`is refused: ${JSON.stringify(text)}`, () => assert.deepEqual(shown(rateFaults(text)), faults));
    }
});

describe("a single time", () => {
    it("is understood for every second there is", () => {
        const date = fc.date({ min: new Date("1970-01-01"), max: new Date("2199-12-31"), noInvalidDate: true });
        fc.assert(fc.property(date, (time) => assert.deepEqual(atFaults(time.toISOString().slice(0, 19)), [])));
    });
    for (const [text, ...faults] of [
        ["tomorrow", "1: a date and a time are expected, such as 2026-11-30T03:00:00"],
        ["2026-11-30 03:00:00", "1: a date and a time are expected, such as 2026-11-30T03:00:00"],
        ["2026-11-30T03:00", "1: a date and a time are expected, such as 2026-11-30T03:00:00"],
        ["2026-11-30T03:00:00Z", '20: the time ends before "Z"; a time zone is written under timezone'],
        ["2026-13-30T03:00:00", '6: "13" is not a month; months go from 01 to 12'],
        ["2026-02-29T03:00:00", '9: "29" is not a day of that month, which has 28'],
        ["2026-11-00T24:60:60", '9: "00" is not a day of that month, which has 30', '12: "24" is not an hour; hours go from 00 to 23', '15: "60" is not a minute; minutes go from 00 to 59', '18: "60" is not a second; seconds go from 00 to 59'],
    ] as const) {
        it(`is refused: ${text}`, () => assert.deepEqual(shown(atFaults(text)), faults));
    }
});
