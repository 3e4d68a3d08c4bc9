import assert from "node:assert/strict";
import fc from "fast-check";
import { awakeHours, describeHours, weekdays, type Hours } from "../../model/hours";

const office: Hours = { timezone: "Europe/Berlin", days: ["mon", "tue", "wed", "thu", "fri"], start: "08:00", stop: "20:00" };

const described: readonly (readonly [change: Partial<Hours>, text: string])[] = [
    [{}, "awake mon-fri 08:00-20:00 Europe/Berlin, 60 of 168 hours a week"],
    [{ days: ["sun"], timezone: "UTC" }, "awake sun 08:00-20:00 UTC, 12 of 168 hours a week"],
    [{ days: ["mon", "tue"] }, "awake mon,tue 08:00-20:00 Europe/Berlin, 24 of 168 hours a week"],
    [{ days: ["mon", "wed", "thu", "fri", "sun"] }, "awake mon,wed-fri,sun 08:00-20:00 Europe/Berlin, 60 of 168 hours a week"],
    [{ start: "07:30", stop: "18:15" }, "awake mon-fri 07:30-18:15 Europe/Berlin, 53.8 of 168 hours a week"],
    [{ days: weekdays, start: "00:00", stop: "24:00" }, "awake mon-sun 00:00-24:00 Europe/Berlin, 168 of 168 hours a week"],
];

describe("hours", () => {
    for (const [change, text] of described) {
        it(`are told: ${text}`, () => assert.equal(describeHours({ ...office, ...change }), text));
    }

    it("have as many awake hours a week as minutes pass on their days", () => {
        const minute = fc.integer({ min: 0, max: 24 * 60 });
        fc.assert(
            fc.property(fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }), fc.uniqueArray(minute, { minLength: 2, maxLength: 2 }), (days, times) => {
                const [from = 0, to = 0] = times.toSorted((a, b) => a - b);
                const awake = weekdays.map((day) => (days.includes(day) ? Array.from({ length: 24 * 60 }).filter((_, at) => at >= from && at < to).length : 0));
                assert.equal(awakeHours({ days, start: clock(from), stop: clock(to) }), awake.reduce((sum, each) => sum + each) / 60);
            }),
        );
    });
});

function clock(minutes: number): string {
    return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
