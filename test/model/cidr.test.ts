import assert from "node:assert/strict";
import fc from "fast-check";
import { formatCidr, isPrivate, networkOf, parseCidr } from "../../model/cidr";

describe("a range of addresses", () => {
    for (const text of ["10.0.0.0", "10.0.0.0/33", "256.0.0.0/8", "10.0.0/8", "fd00::/8", ""]) {
        it(`is not ${JSON.stringify(text)}`, () => assert.equal(parseCidr(text), undefined));
    }

    it("is written as it was read", () => {
        fc.assert(
            fc.property(fc.ipV4(), fc.nat(32), (address, prefix) => {
                const range = parseCidr(`${address}/${prefix}`);
                assert.equal(range && formatCidr(range), `${address}/${prefix}`);
            }),
        );
    });

    it("loses the bits beyond its prefix", () => {
        assert.equal(formatCidr(networkOf({ address: 0x0a0102ff, prefix: 20 })), "10.1.0.0/20");
        assert.equal(formatCidr(networkOf({ address: 0xffffffff, prefix: 0 })), "0.0.0.0/0");
    });

    for (const [text, expected] of [
        ["10.255.0.0/16", true],
        ["172.16.0.0/12", true],
        ["172.32.0.0/16", false],
        ["192.168.0.0/15", false],
        ["11.0.0.0/8", false],
    ] as const) {
        it(`${text} is ${expected ? "" : "not "}private`, () => assert.equal(isPrivate(parseCidr(text)!), expected));
    }
});
