import assert from "node:assert/strict";
import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { fromStruct, hasUnknown, secret, toStruct, unknown, withoutInternal, type Props, type Value } from "../../../local/provider/values";

const unknownOnWire = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("values on their way", () => {
    it("come back as they went", () => {
        // google-protobuf's own conversion drops this one name.
        const name = fc.string().filter((text) => text !== "__proto__");
        const { value } = fc.letrec<{ value: Value; props: Props }>((tie) => ({
            value: fc.oneof(
                fc.boolean(),
                fc.double({ noNaN: true }),
                fc.string(),
                fc.constant(unknown),
                fc.array(tie("value")),
                tie("props"),
            ),
            props: fc.dictionary(name, tie("value"), { noNullPrototype: true }),
        }));
        const props = fc.dictionary(name, value, { noNullPrototype: true });
        fc.assert(fc.property(props, (sent) => assert.deepEqual(fromStruct(toStruct(sent)), sent)));
    });

    it("carry the unknown as the protocol's text for it", () => {
        assert.deepEqual(toStruct({ a: [unknown] }).toJavaScript(), { a: [unknownOnWire] });
        assert.deepEqual(fromStruct(Struct.fromJavaScript({ a: { b: unknownOnWire } })), { a: { b: unknown } });
        assert.ok(hasUnknown({ a: [{ b: unknown }] }));
        assert.ok(!hasUnknown({ a: [{ b: unknownOnWire }] }));
    });

    it("leave out what is null or undefined", () => {
        assert.deepEqual(fromStruct(Struct.fromJavaScript({ a: null, b: [null, 1] })), { b: [1] });
        assert.deepEqual(toStruct({ a: undefined }).toJavaScript(), {});
        assert.deepEqual(fromStruct(undefined), {});
    });

    it("carry a secret as the protocol marks it", () => {
        const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" };
        assert.deepEqual(toStruct({ a: secret("hunter2") }).toJavaScript(), { a: mark });
    });

    it("keep what the engine remembers for itself apart", () => {
        assert.deepEqual(withoutInternal({ a: 1, __defaults: ["a"], b: undefined }), { a: 1 });
    });
});
