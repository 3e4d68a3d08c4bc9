import fc from "fast-check";
import assert from "node:assert/strict";
import { parseCron, type Cron } from "../../../model/schedules/cron";

const every = (first: number, last: number): readonly number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const always: Cron = {
    minutes: [0],
    hours: [3],
    daysOfMonth: { kind: "days", days: every(1, 31) },
    months: every(1, 12),
    daysOfWeek: { kind: "any" },
    years: every(1970, 2199),
};
const byWeek = { ...always, daysOfMonth: { kind: "any" } } as const;

const good: readonly (readonly [text: string, cron: Cron])[] = [
    ["0 3 * * ? *", always],
    ["  0\t3  * * ?   * ", always],
    ["0/15 3 * * ? *", { ...always, minutes: [0, 15, 30, 45] }],
    ["*/15 3 * * ? *", { ...always, minutes: [0, 15, 30, 45] }],
    ["5/20 3 * * ? *", { ...always, minutes: [5, 25, 45] }],
    ["0 07/12 * * ? *", { ...always, hours: [7, 19] }],
    ["0 8-11 * * ? *", { ...always, hours: [8, 9, 10, 11] }],
    ["0 11-23/4 * * ? *", { ...always, hours: [11, 15, 19, 23] }],
    ["0 22-1 * * ? *", { ...always, hours: [0, 1, 22, 23] }],
    ["0 1-7/2,20,3 * * ? *", { ...always, hours: [1, 3, 5, 7, 20] }],
    ["30-30 3 * * ? *", { ...always, minutes: [30] }],
    ["0 3 1,15 * ? *", { ...always, daysOfMonth: { kind: "days", days: [1, 15] } }],
    ["0 3 L * ? *", { ...always, daysOfMonth: { kind: "last" } }],
    ["0 3 LW * ? *", { ...always, daysOfMonth: { kind: "lastWeekday" } }],
    ["0 3 15W * ? *", { ...always, daysOfMonth: { kind: "nearestWeekday", day: 15 } }],
    ["0 3 * JAN,jul,DeC ? *", { ...always, months: [1, 7, 12] }],
    ["0 3 * NOV-2 ? *", { ...always, months: [1, 2, 11, 12] }],
    ["0 3 * 1-12/3 ? *", { ...always, months: [1, 4, 7, 10] }],
    ["0 3 ? * * *", { ...byWeek, daysOfWeek: { kind: "days", days: every(1, 7) } }],
    ["0 3 ? * MON-FRI *", { ...byWeek, daysOfWeek: { kind: "days", days: [2, 3, 4, 5, 6] } }],
    ["0 3 ? * 2-6 *", { ...byWeek, daysOfWeek: { kind: "days", days: [2, 3, 4, 5, 6] } }],
    ["0 3 ? * FRI-MON *", { ...byWeek, daysOfWeek: { kind: "days", days: [1, 2, 6, 7] } }],
    ["0 3 ? * L *", { ...byWeek, daysOfWeek: { kind: "days", days: [7] } }],
    ["0 3 ? * 6L *", { ...byWeek, daysOfWeek: { kind: "lastOfMonth", day: 6 } }],
    ["0 3 ? * FRIL *", { ...byWeek, daysOfWeek: { kind: "lastOfMonth", day: 6 } }],
    ["0 3 ? * 3#2 *", { ...byWeek, daysOfWeek: { kind: "nthOfMonth", day: 3, nth: 2 } }],
    ["0 3 ? * MON#5 *", { ...byWeek, daysOfWeek: { kind: "nthOfMonth", day: 2, nth: 5 } }],
    ["0 3 29 2 ? 2027-2028", { ...always, daysOfMonth: { kind: "days", days: [29] }, months: [2], years: [2027, 2028] }],
    ["0 3 * * ? 2026/2,2199", { ...always, years: [...every(2026, 2199).filter((year) => year % 2 === 0), 2199] }],
];

const six = "six fields are expected (minutes, hours, day of month, month, day of week, year)";
const minutes = "minutes go from 0 to 59";
const hours = "hours go from 0 to 23";
const weekdays = "days go from 1, which is SUN, to 7, which is SAT";
const onL = "L is the last day, LW the last weekday and 15W the weekday nearest to the 15th; each stands alone";
const onFriL = "FRIL is the last Friday of the month and L is Saturday; each stands alone";
const onNth = "MON#2 is the second Monday of the month; there is one such day, and it stands alone";

const bad: readonly (readonly [text: string, ...faults: string[]])[] = [
    ["", `1: ${six}, and there are 0`],
    ["5", `2: ${six}, and there is 1`],
    ["0 3 * * *", `10: ${six}, and there are 5; what cron on Unix has in five is here 0 3 * * ? *`],
    ["0 3 * * 1-5", `12: ${six}, and there are 5; what cron on Unix has in five is here 0 3 ? * 2-6 *`],
    ["0 3 * * 0", `10: ${six}, and there are 5; what cron on Unix has in five is here 0 3 ? * 1 *`],
    ["0 3 1 * 1", `10: ${six}, and there are 5`],
    ["0 0 3 * * ? *", `13: ${six}, and there are 7`],
    ["cron(0 3 * * ? *)", "1: the six fields are expected without cron( ) around them; write 0 3 * * ? *"],
    ["0 3 * * * *", "9: day of month and day of week are both given; write ? here"],
    ["0 3 * * MON *", "5: day of month and day of week are both given; write ? here"],
    ["0 3 1 * MON *", "9: day of month and day of week are both given; write ? here"],
    ["0 3 ? * ? *", "5: day of month and day of week are both ?; give one of them, such as * for every day"],
    ["0 3 ? 2 MON#5 2027", '9: no month that is given has "MON#5", so this would never run'],
    ["60 24 * * ? *", `1: "60" is not a minute; ${minutes}`, `4: "24" is not an hour; ${hours}`],
    ["-1 3 * * ? *", `1: a minute is missing; ${minutes}`],
    ["0 3- * * ? *", `5: an hour is missing; ${hours}`],
    ["0 3, * * ? *", "5: an hour is missing beside the comma"],
    ["? 3 * * ? *", `1: "?" is not a minute; ${minutes}; ? stands for one of the two day fields, alone`],
    ["0,* 3 * * ? *", "3: * is every minute and stands alone"],
    ["0 1-2-3 * * ? *", "6: a range has two ends, such as 8-18"],
    ["0 1/2/3 * * ? *", "6: there is one step in a value, such as 0/15"],
    ["*/60 3 * * ? *", '3: "60" is not a step; every so many minutes goes from 1 to 59'],
    ["0 */0 * * ? *", '5: "0" is not a step; every so many hours goes from 1 to 23'],
    ["0 */x * * ? *", '5: "x" is not a step; every so many hours goes from 1 to 23'],
    ["0 3 0 * ? *", '5: "0" is not a day of the month; days go from 1 to 31'],
    ["0 3 1,32 * ? *", '7: "32" is not a day of the month; days go from 1 to 31'],
    ["0 3 32W * ? *", '5: "32" is not a day of the month; days go from 1 to 31'],
    ["0 3 W * ? *", `5: ${onL}`],
    ["0 3 1,L * ? *", `7: ${onL}`],
    ["0 3 L-3 * ? *", `5: ${onL}`],
    ["0 3 1W,15W * ? *", `6: ${onL}`],
    ["0 3 WED * ? *", '5: "WED" is not a day of the month; days go from 1 to 31'],
    ["0 3 * JANUARY ? *", '7: "JANUARY" is not a month; months go from 1 to 12, or JAN to DEC'],
    ["0 3 * 13 ? *", '7: "13" is not a month; months go from 1 to 12, or JAN to DEC'],
    ["0 3 ? * 0 *", `9: "0" is not a day of the week; ${weekdays}`],
    ["0 3 ? * MON-8 *", `13: "8" is not a day of the week; ${weekdays}`],
    ["0 3 ? * Monday *", `9: "Monday" is not a day of the week; ${weekdays}`],
    ["0 3 ? * 2/2 *", "10: the day of week has no steps; list the days, such as MON,WED,FRI"],
    ["0 3 ? * 3#6 *", '11: "6" is not a week of the month; a month has a day of the week 1 to 5 times'],
    ["0 3 ? * 3# *", `10: ${onNth}`],
    ["0 3 ? * 3#1,6#3 *", `10: ${onNth}`],
    ["0 3 ? * 8#1 *", `9: "8" is not a day of the week; ${weekdays}`],
    ["0 3 ? * L-2 *", `9: ${onFriL}`],
    ["0 3 ? * 2,6L *", `12: ${onFriL}`],
    ["0 3 * * ? 1969", '11: "1969" is not a year; years go from 1970 to 2199'],
    ["0 3 * * ? 2200", '11: "2200" is not a year; years go from 1970 to 2199'],
    ["0 3 * * ? 2030-2026", "11: the range ends before it begins; write 2026-2030"],
    ["0 3 30 2 ? *", "5: no month that is given has a day 30, so this would never run"],
    ["0 3 31 APR,JUN ? *", "5: no month that is given has a day 31, so this would never run"],
    ["0 3 29 FEB ? 2026-2027", "5: no month that is given has a day 29, so this would never run"],
];

describe("a cron expression", () => {
    for (const [text, cron] of good) {
        it(`is understood: ${text}`, () => assert.deepEqual(parseCron(text), { cron, faults: [] }));
    }
    for (const [text, ...faults] of bad) {
        it(`is refused: ${text}`, () => {
            const result = parseCron(text);
            assert.deepEqual([result.cron, result.faults.map(({ column, message }) => `${column}: ${message}`)], [undefined, faults]);
        });
    }

    it("means the values that it lists, in any order", () => {
        const list = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1 });
        fc.assert(
            fc.property(list, (values) => {
                const { cron } = parseCron(`${values.join(",")} 3 * * ? *`);
                assert.deepEqual(cron?.minutes, values.toSorted((a, b) => a - b));
            }),
        );
    });

    it("means every value of a range that a step reaches, and no other", () => {
        const hour = fc.integer({ min: 0, max: 23 });
        fc.assert(
            fc.property(hour, hour, fc.integer({ min: 1, max: 23 }), (from, to, step) => {
                const { cron } = parseCron(`0 ${from}-${to}/${step} * * ? *`);
                const length = (to - from + 24) % 24;
                const reached = every(0, 23).filter((value) => (value - from + 24) % 24 <= length && ((value - from + 24) % 24) % step === 0);
                assert.deepEqual(cron?.hours, reached);
            }),
        );
    });

    it("is refused where it is broken: every fault has a column in the text, or the one after it", () => {
        const characters = fc.constantFrom(...Array.from("0123456789*?,-/LW# \tAMONFRI"));
        fc.assert(
            fc.property(fc.string({ unit: characters, maxLength: 24 }), (text) => {
                const { cron, faults } = parseCron(text);
                assert.equal(cron === undefined, faults.length > 0);
                for (const { column } of faults) assert.ok(column >= 1 && column <= text.length + 1, `${column} in ${JSON.stringify(text)}`);
            }),
            { numRuns: 2000 },
        );
    });

    it("is refused at the column of the value that is wrong", () => {
        const field = fc.integer({ min: 0, max: 5 });
        fc.assert(
            fc.property(field, (index) => {
                const words = ["0", "3", "1", "1", "?", "2026"];
                const column = words.slice(0, index).join(" ").length + (index === 0 ? 1 : 2);
                const { faults } = parseCron(words.with(index, "9999").join(" "));
                assert.equal(faults[0]?.column, column);
            }),
        );
    });
});
