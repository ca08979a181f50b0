import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mayBeginField, ProtobufFields } from "./protobuf-fields.ts";

type Field = { readonly number: number; readonly wireType: number; readonly size: number };

/** A varint 300, a fixed64, two bytes, a fixed32 and an empty field whose number takes two bytes. */
const MESSAGE = Uint8Array.from([
  ...[0x08, 0xac, 0x02],
  ...[0x11, 1, 2, 3, 4, 5, 6, 7, 8],
  ...[0x1a, 2, 0xff, 0xff],
  ...[0x25, 1, 2, 3, 4],
  ...[0x82, 0x01, 0],
]);
const FIELDS: readonly Field[] = [
  { number: 1, wireType: 0, size: 0 },
  { number: 2, wireType: 1, size: 8 },
  { number: 3, wireType: 2, size: 2 },
  { number: 4, wireType: 5, size: 4 },
  { number: 16, wireType: 2, size: 0 },
];

/** The fields of bytes that come in pieces which end before these positions. */
function fieldsOf(bytes: Uint8Array, ends: readonly number[]): Field[] {
  const found: Field[] = [];
  const fields = new ProtobufFields();
  let start = 0;
  let left = 0;
  for (const end of [...ends, bytes.length]) {
    const piece = bytes.slice(start, end);
    start = end;
    const skipped = Math.min(left, piece.length);
    left -= skipped;
    fields.goOn(skipped);
    while (left === 0 && fields.at < piece.length && fields.read(piece, piece.length) === "field") {
      const { number, wireType, size } = fields;
      found.push({ number, wireType, size });
      left = Math.max(0, fields.at + size - piece.length);
      fields.skip(size);
    }
  }
  return found;
}

function readOne(...bytes: readonly number[]): string {
  return new ProtobufFields().read(Uint8Array.from(bytes), bytes.length);
}

describe("the fields of a message", () => {
  test("have a number, a wire type and the size of what follows", () => {
    expect(fieldsOf(MESSAGE, [])).toEqual(FIELDS);
  });

  test("are the same wherever the pieces end", () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 0, max: MESSAGE.length }));
    fc.assert(
      fc.property(cuts, (ends) => {
        const sorted = [...ends].sort((a, b) => a - b);
        expect(fieldsOf(MESSAGE, sorted)).toEqual(FIELDS);
      }),
    );
  });

  test("begin anew with a message, whatever was left of the one before", () => {
    const fields = new ProtobufFields();
    expect(fields.read(Uint8Array.from([0x0a, 0x80]), 2)).toBe("more");
    fields.begin(1);
    expect(fields.read(Uint8Array.from([0xff, 0x12, 0x03]), 3)).toBe("field");
    expect({ number: fields.number, size: fields.size, at: fields.at }).toEqual({ number: 2, size: 3, at: 3 });
  });

  test("may be larger than what is there, and than 32 bits", () => {
    const fields = new ProtobufFields();
    expect(fields.read(Uint8Array.from([0x0a, 0x80, 0x80, 0x80, 0x80, 0x20]), 6)).toBe("field");
    expect(fields.size).toBe(2 ** 33);
  });
});

describe("what is no whole field", () => {
  test("asks for more where a tag, a length or a varint is cut off", () => {
    expect([readOne(), readOne(0x8a), readOne(0x0a), readOne(0x0a, 0x80), readOne(0x08, 0x80)]).toEqual(
      Array(5).fill("more"),
    );
  });

  test("is malformed where it begins a group or has a wire type that is none", () => {
    expect([3, 4, 6, 7].map((wireType) => readOne(8 + wireType, 0))).toEqual(Array(4).fill("malformed"));
  });

  test("is malformed where a varint goes on behind its tenth byte", () => {
    const endless = Array<number>(10).fill(0x80);
    expect(readOne(...endless)).toBe("malformed");
    expect(readOne(0x08, ...endless, 0)).toBe("malformed");
    expect(readOne(0x08, ...endless.slice(1), 1)).toBe("field");
  });
});

test("a field begins with a number above 0 and a wire type in use", () => {
  expect([0x08, 0x0a, 0x0d, 0xff & ~7].map(mayBeginField)).toEqual([true, true, true, true]);
  expect([0, 2, 0x0b, 0x0c, 0x0e, 0x0f].map(mayBeginField)).toEqual(Array(6).fill(false));
});
