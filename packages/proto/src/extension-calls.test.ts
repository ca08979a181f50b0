import { describe, expect, test } from "vitest";
import { encodeBase64 } from "./base64.ts";
import { EXTENSION_RPC_PATH, readExtensionMessage } from "./extension-calls.ts";
import { encodeUtf8 } from "./head-text.ts";

/** A field with a length: text, bytes, or the fields of a message. */
function field(number: number, value: string | readonly number[]): number[] {
  const bytes = typeof value === "string" ? [...encodeUtf8(value)] : value;
  return [(number << 3) | 2, bytes.length, ...bytes];
}

function varint(number: number, value: number): number[] {
  return [number << 3, value];
}

const read = (path: string, isRequest: boolean, ...fields: readonly number[][]) =>
  readExtensionMessage(path, isRequest, Uint8Array.from(fields.flat()));

describe("a settlement of a Service Bus message", () => {
  test("names the message that it settles", () => {
    expect(read("/Settlement/Complete", true, field(1, "token"))).toEqual({
      name: "CompleteRequest",
      json: { locktoken: "token" },
      text: "lock token token",
      lockToken: "token",
    });
    expect(read("/Settlement/Complete", false)).toEqual({ name: "Empty", json: {}, text: "" });
  });

  test("has its reasons, sessions and times as proto3 JSON", () => {
    const dead = read(
      "/Settlement/Deadletter",
      true,
      field(1, "t"),
      field(2, [1, 2]),
      field(3, field(1, "why")),
      field(4, []),
    );
    expect(dead?.json).toEqual({
      locktoken: "t",
      propertiesToModify: encodeBase64(Uint8Array.of(1, 2)),
      deadletterReason: "why",
      deadletterErrorDescription: "",
    });
    expect(read("/Settlement/GetSessionState", true, field(1, "s"))).toMatchObject({
      text: "s",
      json: { sessionId: "s" },
    });
    const renewed = read("/Settlement/RenewSessionLock", false, field(1, [...varint(1, 60), ...varint(2, 0)]));
    expect(renewed?.json).toEqual({ lockedUntil: "1970-01-01T00:01:00.000Z" });
  });

  test("keeps what its contract does not have, and fields of another wire type", () => {
    const more = [...varint(1, 7), ...field(9, "new")];
    expect(read("/Settlement/Defer", true, more)?.json).toEqual({ $unknown: encodeBase64(Uint8Array.from(more)) });
  });
});

describe("a message of the tunnel of extension calls", () => {
  const call = (...content: readonly number[][]) =>
    read(EXTENSION_RPC_PATH, true, field(1, "s"), field(2, "call-1"), ...content);

  test("says what it is, of which call, and whose part it is", () => {
    const said = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((number) => {
      const { text = "", saidBy } = call(field(number, [])) ?? {};
      return [text.split(" ")[0], saidBy];
    });
    expect(said).toEqual([
      ["hello", "worker"],
      ["ready", "host"],
      ["start", "worker"],
      ["data", undefined],
      ["halfClose", "worker"],
      ["cancel", "worker"],
      ["headers", "host"],
      ["complete", "host"],
      ["windowUpdate", undefined],
      ["sessionClosed", undefined],
    ]);
    expect(call(field(7, []))).toMatchObject({
      callId: "call-1",
      json: { sessionId: "s", callId: "call-1", halfClose: {} },
    });
  });

  test("has the method of a start and the payload of data, which their form tells, and the rest as it stood", () => {
    const start = call(field(5, [...field(1, "/Settlement/Complete"), ...field(3, "traceparent")]));
    expect(start?.text).toBe("start call-1 /Settlement/Complete");
    expect(start?.json["start"]).toEqual({
      method: "/Settlement/Complete",
      $unknown: encodeBase64(Uint8Array.from(field(3, "traceparent"))),
    });
    const data = call(field(6, [...varint(1, 1), ...field(5, [9, 8, 7]), ...varint(6, 1)]));
    expect(data?.text).toBe("data call-1 3 bytes");
    expect(data?.json["data"]).toMatchObject({ payload: encodeBase64(Uint8Array.of(9, 8, 7)) });
  });

  test("names nothing that it cannot tell: two paths, two fields with a length", () => {
    const start = call(field(5, [...field(1, "/a/B"), ...field(2, "/c/D")]));
    expect(start?.text).toBe("start call-1");
    expect(start?.json["start"]).not.toHaveProperty("method");
    expect(call(field(6, [...field(1, "x"), ...field(2, "y")]))?.json["data"]).not.toHaveProperty("payload");
  });
});

test.each([
  ["/Durable.Hub/Start", [10, 1, 65]],
  ["/Settlement/constructor", [10, 1, 65]],
  ["/Settlement/Complete", [10, 9, 65]],
  [EXTENSION_RPC_PATH, [255]],
])("%s with %j is not read", (path, bytes) => {
  expect(readExtensionMessage(path, true, Uint8Array.from(bytes))).toBeUndefined();
});
