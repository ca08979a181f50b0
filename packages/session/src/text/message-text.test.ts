import { decodeMessage, encodeMessage, messageFromJson } from "@inspector/proto";
import { expect, test } from "vitest";
import { MAX_TEXT_CHARS, messageText, printableText } from "./message-text.ts";

function textOf(json: unknown): string[] {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    throw new Error(parsed.reason);
  }
  const decoded = decodeMessage(encodeMessage(parsed.message));
  if (!decoded.ok) {
    throw new Error(decoded.reason);
  }
  return messageText(decoded.message).split("\n");
}

const base64 = (bytes: string | readonly number[]) => Buffer.from(bytes as string).toString("base64");

test("strings, keys of maps and bytes that are text are found, the names of the contract are not", () => {
  const lines = textOf({
    invocationRequest: {
      invocationId: "inv-1",
      inputData: [
        {
          name: "req",
          data: {
            http: {
              method: "POST",
              url: "https://shop/api",
              nullableHeaders: { "x-customer": { value: "Ada" } },
              body: { bytes: base64('{"grüße":"Köln"}') },
            },
          },
        },
        { name: "picture", data: { bytes: base64([0xff, 0xd8, 0xff, 0xe0]) } },
        { name: "zeros", data: { bytes: base64([0x61, 0, 0x62]) } },
      ],
      triggerMetadata: { sys: { json: '{"a":1}' } },
    },
  });
  expect(lines.sort()).toEqual(
    [
      "inv-1",
      "req",
      "POST",
      "https://shop/api",
      "x-customer",
      "Ada",
      '{"grüße":"Köln"}',
      "picture",
      "zeros",
      "sys",
      '{"a":1}',
    ].sort(),
  );
});

test("what is repeated is there once", () => {
  const rpcLog = { invocationId: "same", message: "same", exception: { message: "same", source: "other" } };
  expect(textOf({ rpcLog })).toEqual(["same", "other"]);
});

test("a long message is there with its beginning, and never with half a character", () => {
  const [text] = textOf({
    invocationResponse: { returnValue: { bytes: base64(`a${"é".repeat(MAX_TEXT_CHARS)}`) } },
  });
  expect(text?.length).toBeLessThanOrEqual(MAX_TEXT_CHARS);
  expect(text).toMatch(/^aé+$/);
});

test("of bytes in an unknown form there are the runs that can be read", () => {
  expect(printableText(Uint8Array.of(0, 104, 101, 108, 108, 111, 10, 97, 98, 0, 119, 111, 114, 108, 100))).toBe(
    "hello\nworld",
  );
});
