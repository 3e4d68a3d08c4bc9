import assert from "node:assert/strict";
import { parse as parseYaml } from "yaml";
import { formatProblem } from "../../../model/problem";
import { parseSettings } from "../../../model/settings";

/** Reads the settings of a stack with these hours, which are written as in a file. */
function parse(yaml: string, kind = "staging"): { readonly hours: unknown; readonly problems: readonly string[] } {
    const others = { "understudy:app": "shop", "understudy:account": "222222222222", "understudy:region": "eu-west-1", "understudy:zone": "staging.example.com" };
    const { settings, problems } = parseSettings({ "understudy:kind": kind, ...others, "understudy:hours": parseYaml(yaml) as unknown }, "f");
    return { hours: settings && "hours" in settings ? settings.hours : undefined, problems: problems.map((problem) => formatProblem(problem).replace("  f understudy:hours", "")) };
}

const office = { timezone: "Europe/Berlin", days: ["mon", "tue", "wed", "thu", "fri"], start: "08:00", stop: "20:00" };
const changed = (change: string): string => `{timezone: Europe/Berlin, start: "08:00", stop: "20:00", ${change}}`;

const zoneForm = "a time zone of the IANA database is expected, such as Europe/Berlin";
const daysForm = "a list of days is expected, such as [mon, tue, wed, thu, fri]";
const dayForm = "allowed: mon, tue, wed, thu, fri, sat, sun";
const startForm = 'a time of the day in quotes is expected, from "00:00" to "23:00", an hour before the day ends';
const stopForm = 'a time of the day in quotes is expected, from "00:00" to "24:00"';

const wrong: readonly (readonly [yaml: string, ...problems: string[]])[] = [
    ["always", ': got "always"; a map is expected; allowed keys: timezone, days, start, stop'],
    ["{days: [mon]}", `.timezone: missing; ${zoneForm}`, `.start: missing; ${startForm}`, `.stop: missing; ${stopForm}`],
    [changed("zone: x"), '.zone: got "x"; unknown key; allowed: timezone, days, start, stop'],
    ['{timezone: Europe/Berln, start: "08:00", stop: "20:00"}', `.timezone: got "Europe/Berln"; ${zoneForm}; did you mean "Europe/Berlin"?`],
    ['{timezone: europe/berlin, start: "08:00", stop: "20:00"}', `.timezone: got "europe/berlin"; ${zoneForm}; write Europe/Berlin`],
    ['{timezone: 1, start: "08:00", stop: "20:00"}', `.timezone: got "1"; ${zoneForm}`],
    [changed("days: mon-fri"), `.days: got "mon-fri"; ${daysForm}`],
    [changed("days: []"), ".days: at least one day is expected, such as [mon, tue, wed, thu, fri]"],
    [changed("days: [Monday, mo, 1]"), `.days[0]: got "Monday"; ${dayForm}; write mon`, `.days[1]: got "mo"; ${dayForm}`, `.days[2]: got "1"; ${dayForm}`],
    [changed("days: [monkey, sunny, thurs, TUE, Fridays]"), `.days[0]: got "monkey"; ${dayForm}`, `.days[1]: got "sunny"; ${dayForm}`, `.days[2]: got "thurs"; ${dayForm}; write thu`, `.days[3]: got "TUE"; ${dayForm}; write tue`, `.days[4]: got "Fridays"; ${dayForm}`],
    [changed("days: [.nan]"), `.days[0]: got "NaN"; ${dayForm}`],
    [changed("days: [x, x]"), `.days[0]: got "x"; ${dayForm}`, `.days[1]: got "x"; ${dayForm}`],
    [changed("days: [mon, tue, mon, x]"), `.days[3]: got "x"; ${dayForm}`, '.days[2]: got "mon"; the day is there twice; remove one'],
    ["{timezone: UTC, start: 8:00, stop: 20}", `.start: got "8:00"; ${startForm}; write "08:00"`, `.stop: got "20"; ${stopForm}; write "20:00"`],
    ["{timezone: UTC, start: 8 am, stop: 8pm}", `.start: got "8 am"; ${startForm}; write "08:00"`, `.stop: got "8pm"; ${stopForm}; write "20:00"`],
    ["{timezone: UTC, start: 12am, stop: 12:30pm}", `.start: got "12am"; ${startForm}; write "00:00"`, `.stop: got "12:30pm"; ${stopForm}; write "12:30"`],
    ["{timezone: UTC, start: 13am, stop: 99pm}", `.start: got "13am"; ${startForm}`, `.stop: got "99pm"; ${stopForm}`],
    ["{timezone: UTC, start: 0am, stop: 30am}", `.start: got "0am"; ${startForm}`, `.stop: got "30am"; ${stopForm}`],
    ['{timezone: UTC, start: "23:01", stop: "24:00"}', `.start: got "23:01"; ${startForm}`],
    ['{timezone: UTC, start: "23:30", stop: "23:30"}', `.start: got "23:30"; ${startForm}`],
    ["{timezone: UTC, start: 11:30pm, stop: 12pm}", `.start: got "11:30pm"; ${startForm}`, `.stop: got "12pm"; ${stopForm}; write "12:00"`],
    [
        '{timezone: UTC, start: "09:00", stop: "08:30"}',
        '.stop: got "08:30"; the stop is not after the start, 09:00, and hours do not go over midnight, since it would be awake on days that days does not name; ' +
            'write a stop that is at least an hour after the start, or write "24:00" for the end of the day',
    ],
    ['{timezone: UTC, start: "24:00", stop: "24:01"}', `.start: got "24:00"; ${startForm}`, `.stop: got "24:01"; ${stopForm}`],
    ['{timezone: UTC, start: "08:60", stop: [20]}', `.start: got "08:60"; ${startForm}`, `.stop: ${stopForm}`],
    [
        '{timezone: UTC, start: "20:00", stop: "08:00"}',
        '.stop: got "08:00"; the stop is not after the start, 20:00, and hours do not go over midnight, since it would be awake on days that days does not name; ' +
            'swap the two, or write "24:00" for the end of the day',
    ],
    ['{timezone: UTC, start: "08:00", stop: "00:00"}', '.stop: got "00:00"; midnight is the beginning of a day here; write "24:00" for its end'],
    [
        '{timezone: UTC, start: "08:00", stop: "08:00"}',
        '.stop: got "08:00"; start and stop are the same time, so it would never be awake; write a stop that is at least an hour later',
    ],
    [
        '{timezone: UTC, start: "08:00", stop: "08:59"}',
        '.stop: got "08:59"; this leaves it awake for 59 minutes a day, and it needs some of them to start; write a stop that is at least an hour after the start, 08:00',
    ],
    [
        '{timezone: Mars, days: [mon, mon], start: "09:00", stop: "09:00", always: true}',
        `.timezone: got "Mars"; ${zoneForm}`,
        '.days[1]: got "mon"; the day is there twice; remove one',
        '.always: got "true"; unknown key; allowed: timezone, days, start, stop',
        '.stop: got "09:00"; start and stop are the same time, so it would never be awake; write a stop that is at least an hour later',
    ],
];

describe("the hours setting", () => {
    it("is from Monday to Friday where it names no days", () => {
        assert.deepEqual(parse('{timezone: Europe/Berlin, start: "08:00", stop: "20:00"}'), { hours: office, problems: [] });
    });

    it("has its days in the order of the week, in staging and in dev", () => {
        for (const kind of ["staging", "dev"]) {
            assert.deepEqual(parse(changed("days: [sun, fri, mon]"), kind), { hours: { ...office, days: ["mon", "fri", "sun"] }, problems: [] });
        }
    });

    it("may be an hour, or go to the end of the day", () => {
        for (const [start, stop] of [["08:00", "09:00"], ["23:00", "24:00"], ["00:00", "24:00"]]) {
            assert.deepEqual(parse(`{timezone: Europe/Berlin, start: "${start}", stop: "${stop}"}`), { hours: { ...office, start, stop }, problems: [] });
        }
    });

    it("is not given where it is empty, which is all that Pulumi knows of it then", () => {
        for (const yaml of ["{}", "'{}'", "~", "''"]) assert.deepEqual(parse(yaml), { hours: undefined, problems: [] });
    });

    it("is the same in the JSON that Pulumi passes", () => {
        assert.deepEqual(parse(`'${JSON.stringify(office)}'`), { hours: office, problems: [] });
    });

    for (const [yaml, ...problems] of wrong) {
        it(`fails on ${yaml}`, () => assert.deepEqual(parse(yaml), { hours: undefined, problems }));
    }

    it("fails in production, which is always awake, whatever it says", () => {
        for (const yaml of [changed("days: [sun]"), "{start: 8}"]) {
            assert.deepEqual(parse(yaml, "production").problems, [": production is always awake, and hours are for staging and dev; remove the key"]);
        }
    });

    it("fails for a branch, which has none of its own yet", () => {
        assert.match(parse(changed("days: [sun]"), "branch").problems.join("\n"), /^: unknown key; allowed: /m);
    });
});
