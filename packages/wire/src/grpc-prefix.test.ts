import { describe, expect, test } from "vitest";
import { GrpcPrefix, PREFIX_BYTES } from "./grpc-prefix.ts";

const SIZES = [0, 1, 255, 256, 0x01020304, 2 ** 31, 2 ** 32 - 1];

function prefixOf(flag: number, size: number): Buffer {
  const bytes = Buffer.alloc(PREFIX_BYTES);
  bytes[0] = flag;
  bytes.writeUInt32BE(size, 1);
  return bytes;
}

describe("a prefix", () => {
  test.each(SIZES)("of a message of %d bytes is read whole, and wherever it is cut", (size) => {
    for (const flag of [0, 1, 7]) {
      const bytes = Buffer.concat([prefixOf(flag, size), Buffer.from("message")]);
      for (let cut = 0; cut <= PREFIX_BYTES; cut += 1) {
        const prefix = new GrpcPrefix();
        const first = cut === 0 ? 0 : prefix.read(bytes, 0, cut);
        expect(first).toBe(cut);
        expect(prefix.isWhole).toBe(cut === 0 || cut === PREFIX_BYTES);
        if (cut < PREFIX_BYTES) {
          expect(prefix.read(bytes, cut, bytes.length)).toBe(PREFIX_BYTES);
        }
        expect(prefix).toMatchObject({ isWhole: true, flag, size });
      }
    }
  });

  test.each(SIZES)("of a message of %d bytes goes on from what was saved of it", (size) => {
    const bytes = prefixOf(1, size);
    for (let cut = 1; cut < PREFIX_BYTES; cut += 1) {
      const before = new GrpcPrefix();
      before.read(bytes, 0, cut);
      expect(before.save()).toEqual(Uint8Array.from(bytes.subarray(0, cut)));
      const prefix = new GrpcPrefix();
      prefix.restore(before.save());
      expect(prefix.bytes).toBe(cut);
      prefix.read(bytes, cut, PREFIX_BYTES);
      expect(prefix).toMatchObject({ isWhole: true, flag: 1, size });
    }
  });

  test("that is not whole is forgotten on request, and nothing is saved of one that is", () => {
    const prefix = new GrpcPrefix();
    prefix.read(prefixOf(1, 99), 0, 3);
    prefix.clear();
    expect(prefix.read(prefixOf(0, 7), 0, PREFIX_BYTES)).toBe(PREFIX_BYTES);
    expect(prefix).toMatchObject({ flag: 0, size: 7 });
    expect(prefix.save()).toHaveLength(0);
  });
});
