import { readdirSync, readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { expectedHead, inParts } from "../testing/head-reference.ts";
import { isValid } from "../testing/schema-check.ts";
import { decodeMessage, encodeMessage, messageFromJson, messageToJson } from "./codec.ts";
import { readHead } from "./head.ts";
import { streamingMessageSchema } from "./json-schema.ts";
import { contentKinds, kindName } from "./kinds.ts";

type Recorded = { readonly kind: string | null; readonly bytes: string; readonly message: unknown };

/** Larger ones hold a few huge bodies, which show nothing more here and take long to unpack. */
const MAX_FILE = 300 * 1024;

const anyKind = streamingMessageSchema();
const ofKind = new Map(contentKinds.map(({ name }) => [name, streamingMessageSchema(name)]));

const folder = new URL("../../testkit/recordings/", import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".messages.ndjson.gz"))
  .filter((name) => statSync(new URL(name, folder)).size <= MAX_FILE)
  .sort();

function load(name: string): Recorded[] {
  const lines = gunzipSync(readFileSync(new URL(name, folder)))
    .toString("utf8")
    .split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Recorded);
}

/** Decoders that were used for the recordings leave out what they do not know. */
function withoutUnknown(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json), (key, value) => (key === "$unknown" ? undefined : value));
}

test("has recordings of Node and .NET workers, against grpc-js and Kestrel", () => {
  expect(files.length).toBeGreaterThan(25);
});

describe.each(files)("%s", (name) => {
  const messages = load(name).map((recorded) => ({
    recorded,
    bytes: new Uint8Array(Buffer.from(recorded.bytes, "base64")),
  }));

  test("decodes to the JSON that was recorded, and comes back from it", () => {
    for (const { recorded, bytes } of messages) {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) {
        throw new Error(decoded.reason);
      }
      expect(decoded.revision).toBeUndefined();
      const json = JSON.parse(JSON.stringify(messageToJson(decoded.message)));
      expect(withoutUnknown(json)).toEqual(recorded.message);
      const parsed = messageFromJson(json);
      if (!parsed.ok) {
        throw new Error(`${parsed.path}: ${parsed.reason}`);
      }
      expect(Buffer.compare(encodeMessage(parsed.message), encodeMessage(decoded.message))).toBe(0);
    }
  });

  test("is what the JSON schema describes, of any message and of this kind", () => {
    for (const { recorded, bytes } of messages) {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) {
        throw new Error(decoded.reason);
      }
      const json = JSON.parse(JSON.stringify(messageToJson(decoded.message)));
      expect(isValid(anyKind, json)).toBe(true);
      if (recorded.kind !== null) {
        expect(isValid(ofKind.get(recorded.kind) ?? {}, json)).toBe(true);
      }
    }
  });

  test("shows in its heads what decoding shows", () => {
    for (const { recorded, bytes } of messages) {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) {
        throw new Error(decoded.reason);
      }
      const head = readHead(bytes);
      expect(head).toMatchObject(expectedHead(decoded.message));
      if (recorded.kind !== null) {
        expect(kindName(head.kind)).toBe(recorded.kind);
      }
      expect(readHead(inParts(bytes, 7))).toEqual(head);
    }
  });
});
