import assert from "node:assert/strict";
import { readDns } from "../../../local/frontdoor/dns";
import type { LoadBalancerView, RecordView, ZoneView } from "../../../local/emulator/views";

const balancers = ["one", "two"].map((name): LoadBalancerView => {
    const place = { account: "222222222222", region: "eu-west-1" };
    return { ...place, arn: name, name, dnsName: `${name}.elb.example.com`, scheme: "internet-facing", ingress: [], listeners: [] };
});
const alias = (name: string, balancer: string): RecordView => ({ name, type: "A", target: `${balancer}.ELB.example.com` });
const zone = (name: string, ...records: readonly RecordView[]): ZoneView => ({ name, records: [{ name, type: "NS" }, { name, type: "SOA" }, ...records] });

/** Name of the load balancer to which a name is led; else why it is led to none. */
function led(name: string, ...publicZones: readonly ZoneView[]): string {
    const found = readDns({ publicZones, loadBalancers: balancers })(name);
    return found.kind === "balancer" ? found.loadBalancer.name : found.kind;
}

describe("public DNS", () => {
    const wildcard = alias("*.example.com", "one");
    for (const { what, name = "a.example.com", zones, expected } of [
        { what: "leads a name by its own record", zones: [zone("example.com", alias("a.example.com", "two"))], expected: "two" },
        { what: "leads a name by the wildcard", zones: [zone("example.com", wildcard)], expected: "one" },
        { what: "takes a name's own record before the wildcard", zones: [zone("example.com", wildcard, alias("a.example.com", "two"))], expected: "two" },
        { what: "has no wildcard for a name that has a record of another type", zones: [zone("example.com", wildcard, { name: "a.example.com", type: "TXT" })], expected: "nowhere" },
        { what: "has no wildcard for a name below which there are records", zones: [zone("example.com", wildcard, alias("x.a.example.com", "two"))], expected: "nowhere" },
        { what: "has the wildcard for names of several labels", name: "a.b.example.com", zones: [zone("example.com", wildcard)], expected: "one" },
        { what: "has no wildcard below a name that exists", name: "a.b.example.com", zones: [zone("example.com", wildcard, alias("b.example.com", "two"))], expected: "nowhere" },
        {
            what: "takes the wildcard below the nearest name that exists",
            name: "a.b.example.com",
            zones: [zone("example.com", wildcard, alias("*.b.example.com", "two"))],
            expected: "two",
        },
        { what: "knows no zone's own name by its wildcard", name: "example.com", zones: [zone("example.com", wildcard)], expected: "nowhere" },
        { what: "leads a zone's own name by its record", name: "example.com", zones: [zone("example.com", alias("example.com", "one"))], expected: "one" },
        { what: "leads by a CNAME", zones: [zone("example.com", { name: "a.example.com", type: "CNAME", target: "two.elb.example.com" })], expected: "two" },
        { what: "leads to nothing that is not there", zones: [zone("example.com", alias("a.example.com", "gone"))], expected: "nowhere" },
        { what: "asks the innermost zone alone", name: "a.b.example.com", zones: [zone("example.com", alias("a.b.example.com", "one")), zone("b.example.com")], expected: "nowhere" },
        { what: "is elsewhere for a name in no zone", name: "a.example.net", zones: [zone("example.com", wildcard)], expected: "elsewhere" },
        { what: "is elsewhere for a name that only ends like a zone's", name: "anexample.com", zones: [zone("example.com", wildcard)], expected: "elsewhere" },
        { what: "knows no case", name: "A.Example.COM", zones: [zone("example.com", alias("a.example.com", "two"))], expected: "two" },
    ]) {
        it(what, () => assert.equal(led(name, ...zones), expected));
    }
});
