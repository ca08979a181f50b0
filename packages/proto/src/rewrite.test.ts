import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryBytes } from "../testing/arbitrary-messages.ts";
import { filledMessages } from "../testing/filled-messages.ts";
import { decodeMessage, messageToJson } from "./codec.ts";
import type { Place } from "./field-plan.ts";
import { StreamingMessageSchema } from "./gen/FunctionRpc_pb.ts";
import { encodeUtf8 } from "./head-text.ts";
import { type Rewriter, rewriteDecoded, rewriteMessage } from "./rewrite.ts";
import { rewriteOnWire } from "./rewrite-wire.ts";

const ID = "6f0b5ac6-0f3c-4b8c-9d6a-2f3d1c9e1a11";

/** Says of each value where it stood, so that two messages are equal only where each place was told right. */
function namingPlaces(): Rewriter & { readonly asked: string[] } {
  const asked: string[] = [];
  const told = (value: string, place: Place): string => {
    const text = `${place.field} ${place.class} ${place.name}: ${value}`;
    asked.push(text);
    // Lengths from one byte to three, shorter and longer than before.
    return place.class === "log" ? "" : place.class === "body" ? text.repeat(300) : text;
  };
  return {
    asked,
    text: (value, place) => (place.class === "keep" ? value : told(value, place)),
    bytes: (value, place) => encodeUtf8(told(value.join(), place)),
    number: (value) => (typeof value === "bigint" ? 0n : 0),
    key: (value) => (value === "" ? value : `key ${value}`),
    keeps: (message, start, end, place) => place.class === "keep" && end - start === ID.length && message.length > 0,
    keepsUnknown: () => false,
  };
}

function read(bytes: Uint8Array | undefined): unknown {
  const decoded = decodeMessage(bytes ?? new Uint8Array([0xff]));
  return decoded.ok ? messageToJson(decoded.message) : decoded.reason;
}

const filled = filledMessages(({ class: of, name }) => (of === "keep" ? ID : `a ${name} of some length`));

describe("a message that is rewritten where it stands", () => {
  test("is the one that is decoded, rewritten and encoded, for every field of every kind", () => {
    for (const bytes of filled) {
      const [onWire, decoded] = [namingPlaces(), namingPlaces()];
      const whole = rewriteDecoded(bytes, decoded);
      expect(read(rewriteMessage(bytes, onWire))).toEqual(read(whole));
      expect(onWire.asked.toSorted()).toEqual(decoded.asked.toSorted());
    }
  });

  test.each([true, false])("is so whatever peers write, unknown fields: %s", { timeout: 60_000 }, (hasUnknown) => {
    const anyBytes = fc
      .gen()
      .map((gen) => arbitraryBytes(StreamingMessageSchema, (max) => gen(fc.nat, { max }), hasUnknown));
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(read(rewriteMessage(bytes, namingPlaces()))).toEqual(read(rewriteDecoded(bytes, namingPlaces())));
      }),
      { numRuns: 300 },
    );
  });

  test("is of nearly any kind", () => {
    const kindsOf = (messages: readonly Uint8Array[]) =>
      new Set(messages.map((bytes) => Object.keys(Object(read(bytes))).find((name) => name !== "requestId")));
    const onWire = filled.filter((bytes) => rewriteOnWire(bytes, namingPlaces()) !== undefined);
    const [all, fast] = [kindsOf(filled), kindsOf(onWire)];
    expect([...all].filter((kind) => !fast.has(kind))).toEqual(["functionMetadataResponse"]);
  });

  test("is the same bytes where nothing changes", () => {
    const keeping: Rewriter = {
      ...namingPlaces(),
      text: (value) => value,
      bytes: (value) => value,
      key: (value) => value,
    };
    for (const bytes of filled) {
      expect(rewriteOnWire(bytes, keeping) ?? bytes).toBe(bytes);
    }
  });

  test("is decoded where it holds more than the contract says", () => {
    const plain = Uint8Array.from([0x0a, 1, 0x72]);
    const said = (...more: readonly number[]): Uint8Array | undefined =>
      rewriteOnWire(Uint8Array.from([...plain, ...more]), namingPlaces());
    expect(said()).toBeDefined();
    const others: Readonly<Record<string, readonly number[]>> = {
      "a field that it lacks": [0xe2, 0x2b, 1, 0x73],
      "a text that is no UTF-8": [0x0a, 1, 0xff],
      "a field of another wire type": [0x08, 1],
      "a length beyond its end": [0x0a, 9, 1],
      "a flag of more than one bit": [0xca, 1, 4, 0x18, 0x81, 0x80, 0x01],
      "half a tag": [0x80],
    };
    for (const [what, more] of Object.entries(others)) {
      expect(said(...more), what).toBeUndefined();
    }
  });
});
