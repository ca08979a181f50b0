/** What the menus of rows say, asked of a session: the row that says it passes, and its negation leaves it out. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { compileFilter, compileInvocationFilter } from "@inspector/filter/compile";
import type { Fragment } from "@inspector/filter/fragment";
import { parseFilter } from "@inspector/filter/parse";
import { openSession } from "@inspector/hub/reader/open-session";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RowFact } from "../../shell/grid/row-fact.ts";
import { messageFacts } from "../messages/message-facts.ts";
import { invocationFacts } from "./invocation-facts.ts";

const FIXTURES = new URL("../../../../../packages/session/fixtures/", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "facts-"));
let session: ReturnType<typeof openSession>;

beforeAll(() => {
  const file = join(folder, "v7.inspector");
  writeFileSync(file, gunzipSync(readFileSync(new URL("v7.inspector.gz", FIXTURES))));
  session = openSession(file);
});
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

function read(text: string) {
  const parsed = parseFilter(text);
  if (!parsed.ok) {
    throw new Error(`${text}: ${parsed.message}`);
  }
  return parsed.filter;
}

function termsOf(facts: readonly RowFact[]): string[] {
  return facts.flatMap(({ term }) => term ?? []);
}

function hits(sql: string, { params }: Fragment): number[] {
  return session.database
    .prepare(sql)
    .all(...params)
    .map(({ id }) => Number(id));
}

function messagesOf(text: string): number[] {
  const found = compileFilter(read(text));
  return hits(`SELECT m.seq AS id FROM message m WHERE ${found.sql}`, found);
}

function invocationsOf(text: string): number[] {
  const { invocations, steps } = compileInvocationFilter(read(text), { scope: "all" });
  return [
    ...hits(`SELECT i.id FROM invocation i WHERE ${invocations.sql}`, invocations),
    ...hits(`SELECT i.id FROM startup_step i WHERE ${steps.sql}`, steps),
  ];
}

function addKeys(keys: Set<string>, terms: readonly string[]): void {
  for (const term of terms) {
    keys.add(term.split(":")[0] ?? "");
  }
}

describe("what a row says", () => {
  test("of a message is what it passes the filter by, and what its negation leaves it out for", () => {
    const { streams } = session.info();
    const { rows } = session.queries.messagesAfter(0, 200);
    expect(rows.length).toBeGreaterThan(50);
    const terms = new Set<string>();
    for (const row of rows) {
      const own = termsOf(
        messageFacts(
          row,
          streams.find(({ id }) => id === row.stream),
        ),
      );
      addKeys(terms, own);
      expect(messagesOf(own.join(" ")), own.join(" ")).toContain(row.seq);
      for (const term of own) {
        expect(messagesOf(`-${term}`), term).not.toContain(row.seq);
      }
    }
    expect([...terms].sort()).toEqual(
      expect.arrayContaining(["at", "fn", "id", "kind", "level", "side", "size", "status", "worker"]),
    );
  });

  test("of an invocation or a step, too", () => {
    const { streams } = session.info();
    const ids = session.invocations.column(undefined, 0, 200);
    const terms = new Set<string>();
    for (const row of session.invocations.rows(ids).rows) {
      const own = termsOf(
        invocationFacts(
          row,
          streams.find(({ id }) => id === row.stream),
        ),
      );
      addKeys(terms, own);
      expect(invocationsOf(own.join(" ")), own.join(" ")).toContain(row.id);
      for (const term of own) {
        expect(invocationsOf(`-${term}`), term).not.toContain(row.id);
      }
    }
    expect([...terms].sort()).toEqual(
      expect.arrayContaining(["at", "dur", "fn", "id", "kind", "size", "status", "trigger", "worker"]),
    );
  });
});
