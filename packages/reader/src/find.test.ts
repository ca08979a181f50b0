import { MAX_HITS } from "@inspector/contract/find";
import type { Database } from "@inspector/session/database";
import { createQueries } from "@inspector/session/queries";
import { writePayloadSession } from "@inspector/session/testing/payload-session";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, test } from "vitest";
import { findInMessage } from "./find.ts";

const database = new DatabaseSync(":memory:") as unknown as Database;
const session = writePayloadSession(database, "memory");
const source = { queries: createQueries(database), decompress: () => undefined };
const find = (seq: number, text: string, where: "document" | "bytes" = "document", from = 0) =>
  findInMessage(source, seq, { text, where, from });

describe("finding in a message", () => {
  test("counts all hits and gives those that are asked for", () => {
    const found = find(session.document, "needle", "document", 10_400);
    expect(found).toMatchObject({ where: "document", count: 10_500, from: 10_400 });
    expect(found.hits).toHaveLength(100);
    expect(found.hits[0]).toMatchObject({ inner: "$.items[10400].note" });
    expect(find(session.document, "needle").hits).toHaveLength(MAX_HITS);
  });

  test("looks through the bytes of what is too large to be decoded, to its end", () => {
    const { hits, ...found } = find(session.huge, "a needle");
    expect(found).toMatchObject({ where: "bytes", count: 1, length: 8 });
    expect(hits[0]).toMatchObject({ of: "message", match: "a Needle", after: expect.stringContaining(" at the end") });
    const [at = 0] = hits.map((hit) => hit.at);
    const row = source.queries.message(session.huge);
    const body = source.queries.origin(session.huge)?.body ?? 0;
    expect(row && new TextDecoder().decode(source.queries.bodyBytes(body, at, at + 8))).toBe("a Needle");
  });

  test("finds nothing of nothing, and refuses what nobody types", () => {
    expect(find(session.huge, "")).toMatchObject({ count: 0 });
    expect(() => find(session.document, "x".repeat(1001))).toThrow(/more than 1000/u);
    expect(() => find(999, "x")).toThrow("There is no message 999");
  });
});
