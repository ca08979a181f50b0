import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import { inParts } from "../testing/head-reference.ts";
import { decodeMessage, encodeMessage, messageToJson } from "./codec.ts";
import { findDamage } from "./damage.ts";
import type { Revision } from "./revisions.ts";

type Write = (to: BinaryWriter) => BinaryWriter;

const nested = (to: BinaryWriter, number: number, write: Write): BinaryWriter =>
  write(to.tag(number, WireType.LengthDelimited).fork()).join();
const text = (to: BinaryWriter, number: number, value: string): BinaryWriter =>
  to.tag(number, WireType.LengthDelimited).string(value);
const bytesOf = (write: Write): Uint8Array => write(new BinaryWriter()).finish();

function json(bytes: Uint8Array, revision?: Revision): unknown {
  const decoded = decodeMessage(bytes, revision);
  return decoded.ok ? { revision: decoded.revision, message: messageToJson(decoded.message) } : decoded;
}

describe("v1.5.1", () => {
  /** FunctionMetadataResponses of that release: 1 repeated FunctionLoadRequest, 2 StatusResult. */
  const response = (name: string) =>
    bytesOf((to) =>
      nested(to, 30, (content) => {
        nested(content, 1, (load) => {
          nested(text(load, 1, "id-1"), 2, (metadata) => text(text(metadata, 2, "index.js"), 4, name));
          return load.tag(3, WireType.Varint).bool(true);
        });
        return nested(content, 2, (result) => result.tag(4, WireType.Varint).int32(1));
      }),
    );

  test("is recognised by load requests where functions should be, and shown in today's form", () => {
    expect(json(response("hello"))).toEqual({
      revision: "v1.5.1",
      message: {
        functionMetadataResponse: {
          functionMetadataResults: [
            { name: "hello", scriptFile: "index.js", functionId: "id-1", managedDependencyEnabled: true },
          ],
          result: { status: "Success" },
        },
      },
    });
  });

  test("is no damage, also in a list that is kept in parts", () => {
    const today = bytesOf((to) =>
      nested(to, 30, (content) =>
        nested(content, 1, (it) => nested(text(it, 1, "a"), 2, (file) => file.tag(1, WireType.Varint).int32(300))),
      ),
    );
    const old = response("n".repeat(200));
    for (const bytes of [old, today]) {
      expect(findDamage(inParts(bytes, 4))).toEqual(findDamage(bytes));
    }
    expect(findDamage(old)).toBeUndefined();
    expect(findDamage(today)).toBeDefined();
  });

  test("is not taken for granted where the functions are no load requests", () => {
    const today = bytesOf((to) =>
      nested(to, 30, (content) => nested(content, 1, (it) => text(text(it, 1, "src"), 2, "a.js"))),
    );
    const expected = {
      functionMetadataResponse: { functionMetadataResults: [{ directory: "src", scriptFile: "a.js" }] },
    };
    expect(json(today)).toEqual({ revision: undefined, message: expected });
    expect(json(today, "v1.5.1")).toEqual({ revision: undefined, message: expected });
  });
});

describe("before 1.0", () => {
  test("is_raw of an HTTP message and file_change_event_response are kept as unknown fields", () => {
    const http = bytesOf((to) =>
      nested(to, 5, (response) =>
        nested(response, 4, (value) =>
          nested(value, 5, (it) => text(it, 12, "200").tag(16, WireType.Varint).bool(true)),
        ),
      ),
    );
    expect(json(http, "before-1.0")).toEqual({
      revision: "before-1.0",
      message: { invocationResponse: { returnValue: { http: { statusCode: "200", $unknown: "gAEB" } } } },
    });
    const change = bytesOf((to) => nested(to, 7, (it) => text(text(it, 2, "f1"), 2, "f2")));
    const decoded = decodeMessage(change, "before-1.0");
    expect(decoded.ok && decoded.message.content.case).toBeUndefined();
    expect(decoded.ok && Buffer.compare(encodeMessage(decoded.message), change)).toBe(0);
  });

  test("the envelope of 2017, whose first field was an enum, decodes without loss", () => {
    const envelope = bytesOf((to) => text(to.tag(1, WireType.Varint).int32(20), 3, "request-1"));
    const decoded = decodeMessage(envelope);
    expect(decoded.ok && Buffer.compare(encodeMessage(decoded.message), envelope)).toBe(0);
  });

  test("fields that had another wire type are kept as unknown ones", () => {
    const load = bytesOf((to) =>
      nested(to, 8, (it) => nested(text(it, 1, "id"), 3, (download) => text(download, 1, "x"))),
    );
    expect(json(load)).toEqual({
      revision: undefined,
      message: { functionLoadRequest: { functionId: "id", $unknown: "GgMKAXg=" } },
    });
  });
});
