import assert from "node:assert/strict";
import fc from "fast-check";
import { fargateProblem, fargateSizes, fitFargate } from "../../model/fargate";

const sizes = fargateSizes.flatMap(({ cpu, memory }) => memory.map((mebibytes) => ({ cpu, memory: mebibytes })));
const asked = fc.record({ cpu: fc.nat(32768), memory: fc.nat(249856) });

describe("Fargate's sizes", () => {
    it("are AWS's whole table", () => {
        assert.deepEqual(
            fargateSizes.map(({ cpu, memory }) => [cpu, memory.length, memory[0], memory.at(-1)]),
            [
                [256, 3, 512, 2048],
                [512, 4, 1024, 4096],
                [1024, 7, 2048, 8192],
                [2048, 13, 4096, 16384],
                [4096, 23, 8192, 30720],
                [8192, 12, 16384, 61440],
                [16384, 12, 32768, 122880],
                [32768, 3, 61440, 249856],
            ],
        );
    });

    it("fit what is asked for", () => {
        assert.deepEqual(fitFargate({ cpu: 0, memory: 0 }), { cpu: 256, memory: 512 });
        assert.deepEqual(fitFargate({ cpu: 256, memory: 512 }), { cpu: 256, memory: 512 });
        assert.deepEqual(fitFargate({ cpu: 300, memory: 600 }), { cpu: 512, memory: 1024 });
        assert.deepEqual(fitFargate({ cpu: 256, memory: 2049 }), { cpu: 512, memory: 3072 });
        assert.deepEqual(fitFargate({ cpu: 0, memory: 30721 }), { cpu: 8192, memory: 32768 });
        assert.equal(fitFargate({ cpu: 32769, memory: 0 }), undefined);
        assert.equal(fitFargate({ cpu: 0, memory: 249857 }), undefined);
    });

    it("take exactly what is fixed", () => {
        assert.deepEqual(fitFargate({ cpu: 1024, memory: 0 }, { cpu: 256 }), { cpu: 256, memory: 512 });
        assert.deepEqual(fitFargate({ cpu: 0, memory: 0 }, { memory: 3072 }), { cpu: 512, memory: 3072 });
        assert.equal(fitFargate({ cpu: 0, memory: 3000 }, { cpu: 256 }), undefined);
        assert.equal(fitFargate({ cpu: 0, memory: 0 }, { cpu: 256, memory: 4096 }), undefined);
    });

    it("fit with nothing smaller that would do", () => {
        fc.assert(
            fc.property(asked, (size) => {
                const enough = sizes.filter(({ cpu, memory }) => cpu >= size.cpu && memory >= size.memory);
                const smallest = enough.toSorted((a, b) => a.cpu - b.cpu || a.memory - b.memory)[0];
                assert.deepEqual(fitFargate(size), smallest);
                if (smallest !== undefined) assert.equal(fargateProblem(smallest), undefined);
            }),
        );
    });

    it("fail on others with what goes with that CPU", () => {
        assert.equal(
            fargateProblem({ cpu: 300, memory: 512 }),
            "Fargate has no 300 CPU units; allowed: 256, 512, 1024, 2048, 4096, 8192, 16384, 32768",
        );
        assert.equal(
            fargateProblem({ cpu: 256, memory: 4096 }),
            "Fargate has no 4096 MiB with 256 CPU units; allowed with 256: 512, 1024, 2048",
        );
        assert.equal(
            fargateProblem({ cpu: 8192, memory: 20000 }),
            "Fargate has no 20000 MiB with 8192 CPU units; allowed with 8192: 16384 to 61440 in steps of 4096",
        );
        assert.equal(
            fargateProblem({ cpu: 32768, memory: 65536 }),
            "Fargate has no 65536 MiB with 32768 CPU units; allowed with 32768: 61440, 122880, 249856",
        );
    });
});
