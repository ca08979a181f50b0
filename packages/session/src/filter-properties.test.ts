import { compileFilter, compileInvocationFilter } from "@inspector/filter/compile";
import { completeFilter } from "@inspector/filter/complete";
import type { Filter } from "@inspector/filter/filter";
import { formatFilter } from "@inspector/filter/format";
import type { InvocationScope } from "@inspector/filter/invocation-terms";
import { parseFilter } from "@inspector/filter/parse";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filterText, pick } from "../testing/filter/filter-texts.ts";
import { matchingInvocations, matchingMessages, matchingSteps, stepsOf } from "../testing/filter/reference.ts";
import { createSceneSession, type Row, rowsArbitrary, type SceneSession } from "../testing/filter/scene.ts";

function read(text: string): Filter {
  const parsed = parseFilter(text);
  if (!parsed.ok) {
    throw new Error(`${text}: ${parsed.message}`);
  }
  return parsed.filter;
}

describe("any filter", () => {
  test("is read again from how it is written", () => {
    fc.assert(
      fc.property(filterText, (text) => {
        const filter = read(text);
        expect(read(formatFilter(filter))).toEqual(filter);
      }),
      { numRuns: 200 },
    );
  });

  test("or text that is none gives a filter or an error within the text, and completions", () => {
    const tricky = fc.array(
      fc.oneof(
        pick("(", ")", '"', "-", "OR", "AND", "NOT", " ", ":", ",", "*", "/", "\\", ">", "kind:", "dur:>", "is:"),
        fc.string({ maxLength: 5 }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(tricky, fc.nat(100), (parts, caret) => {
        const text = parts.join("");
        const parsed = parseFilter(text);
        if (parsed.ok) {
          expect(parseFilter(formatFilter(parsed.filter))).toEqual(parsed);
        } else {
          expect(parsed.offset >= 0 && parsed.offset <= text.length).toBe(true);
        }
        const { from, to } = completeFilter(text, Math.min(caret, text.length), {});
        expect(from <= to && to <= text.length).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

describe("in SQLite", () => {
  let session: SceneSession;
  beforeAll(() => {
    session = createSceneSession();
  });
  afterAll(() => session.database.close());

  function selectMessages(filter: Filter, after?: number): number[] {
    const { sql, params } = compileFilter(filter, after === undefined ? {} : { after });
    return select(`SELECT m.seq AS id FROM message m WHERE ${sql} ORDER BY m.seq`, params);
  }

  function selectInvocations(filter: Filter, scope: InvocationScope): number[] {
    const { sql, params } = compileInvocationFilter(filter, { scope }).invocations;
    return select(`SELECT i.id FROM invocation i WHERE ${sql} ORDER BY i.id`, params);
  }

  function selectSteps(filter: Filter): number[] {
    const { sql, params } = compileInvocationFilter(filter, { scope: "all" }).steps;
    return select(`SELECT i.id FROM startup_step i WHERE ${sql} ORDER BY i.id`, params);
  }

  function select(sql: string, params: readonly (string | number)[]): number[] {
    return session.database
      .prepare(sql)
      .all(...params)
      .map(({ id }) => Number(id));
  }

  const texts = fc.array(filterText, { minLength: 1, maxLength: 5 });

  test("any filter finds the messages that looking at each finds, and its negation the rest", () => {
    fc.assert(
      fc.property(rowsArbitrary, texts, fc.nat(25), (rows, filters, after) => {
        const scene = session.fill(rows);
        for (const text of filters) {
          const filter = read(text);
          const expected = matchingMessages(filter, scene);
          const rest = rows.map(({ seq }) => seq).filter((seq) => !expected.includes(seq));
          expect(selectMessages(filter), text).toEqual(expected);
          expect(selectMessages(read(`-(${text})`)), text).toEqual(rest);
          expect(selectMessages(filter, after), text).toEqual(expected.filter((seq) => seq > after));
        }
      }),
      { numRuns: 100 },
    );
  });

  test("any filter finds the invocations and steps that looking at each finds, and its negation the rest", () => {
    fc.assert(
      fc.property(rowsArbitrary, texts, (rows, filters) => {
        const scene = session.fill(rows);
        for (const text of filters) {
          const filter = read(text);
          const opposite = read(`-(${text})`);
          const expected = matchingInvocations(filter, scene);
          const rest = scene.invocations.map(({ id }) => id).filter((id) => !expected.includes(id));
          expect(selectInvocations(filter, "all"), text).toEqual(expected);
          expect(selectInvocations(filter, "few"), text).toEqual(expected);
          expect(selectInvocations(opposite, "few"), text).toEqual(rest);
          const steps = matchingSteps(filter, scene);
          const otherSteps = stepsOf(scene)
            .map(({ id }) => id)
            .filter((id) => !steps.includes(id));
          expect(selectSteps(filter), text).toEqual(steps);
          expect(selectSteps(opposite), text).toEqual(otherSteps);
        }
      }),
      { numRuns: 100 },
    );
  });

  const row = (seq: number, values: Partial<Row>): Row => ({
    seq,
    at: seq,
    stream: 1,
    side: 1,
    kind: 2,
    size: 1,
    flags: 0,
    body: 0,
    requestId: undefined,
    invocationId: undefined,
    functionId: undefined,
    status: undefined,
    level: undefined,
    category: undefined,
    text: undefined,
    retryCount: undefined,
    isInjected: false,
    replay: undefined,
    marks: [],
    ...values,
  });

  test.each([
    ["level:>=error", [5, 6]],
    ["level:>critical", []],
    ["level:>=trace", [1, 2, 3, 4, 5, 6]],
    ["level:none", [7]],
    ["level:<=warning", [1, 2, 3, 4]],
  ])("level None is no level of the scale: %s", (text, found) => {
    const rows = [0, 1, 2, 3, 4, 5, 6].map((level, index) => row(index + 1, { level }));
    const scene = session.fill(rows);
    expect(selectMessages(read(text))).toEqual(found);
    expect(matchingMessages(read(text), scene)).toEqual(found);
  });

  test.each([
    ["in time", [4, 21, 5], true],
    ["behind the answer", [4, 5, 21], false],
    ["of an invocation that is in flight", [4, 21], true],
    ["of nobody's invocation", [21], false],
  ])("an invocation is cancelled by a cancel that can matter: one %s", (_, kinds, isFound) => {
    const sides: Readonly<Record<number, number>> = { 4: 0, 21: 0, 5: 1 };
    const facts = { invocationId: "inv-1", functionId: "f1", status: 1 };
    session.fill(kinds.map((kind, index) => row(index + 1, { kind, side: sides[kind] ?? 0, ...facts })));
    expect(selectInvocations(read("is:cancelled"), "all")).toEqual(isFound ? [1] : []);
    expect(selectInvocations(read("is:cancelled"), "few")).toEqual(isFound ? [1] : []);
  });

  test("what joins nothing is an orphan: answers of invocations and of steps, cancels, logs", () => {
    session.fill([
      row(1, { kind: 5, invocationId: "inv-1", status: 1 }),
      row(2, { kind: 21, side: 0, invocationId: "inv-2" }),
      row(3, { kind: 9, functionId: "f1", status: 1 }),
      row(4, { kind: 8, side: 0, functionId: "f2" }),
      row(5, { kind: 9, functionId: "f2", status: 1 }),
      row(6, { kind: 20 }),
      row(7, { kind: 2 }),
    ]);
    expect(selectMessages(read("is:orphan"))).toEqual([1, 2, 3]);
    expect(selectMessages(read("-is:orphan"))).toEqual([4, 5, 6, 7]);
  });

  test("second answers of steps and invocations are duplicates, and so is what the host asks for twice", () => {
    session.fill([
      row(1, { kind: 20 }),
      row(2, { kind: 17, side: 0 }),
      row(3, { kind: 16, status: 1 }),
      row(4, { kind: 16, status: 1 }),
      row(5, { kind: 29, side: 0 }),
      row(6, { kind: 30, status: 1 }),
      row(7, { kind: 30, status: 1 }),
      row(8, { kind: 8, side: 0, functionId: "f1" }),
      row(9, { kind: 9, functionId: "f1", status: 1 }),
      row(10, { kind: 9, functionId: "f1", status: 0 }),
      row(11, { kind: 8, side: 0, functionId: "f1" }),
      row(12, { kind: 9, functionId: "f1", status: 1 }),
      row(13, { kind: 25, side: 0 }),
      row(14, { kind: 26, status: 1 }),
      row(15, { kind: 25, side: 0 }),
      row(16, { kind: 26, status: 1 }),
      row(17, { kind: 4, side: 0, invocationId: "inv-1", functionId: "f1" }),
      row(18, { kind: 5, invocationId: "inv-1", status: 1 }),
      row(19, { kind: 5, invocationId: "inv-1", status: 1 }),
      row(20, { kind: 20 }),
    ]);
    expect(selectMessages(read("is:duplicate"))).toEqual([4, 7, 10, 11, 19, 20]);
    expect(selectInvocations(read("is:duplicate"), "all")).toEqual([17]);
    // The steps "start", "init", "index" and "load"; the environment may be reloaded again.
    expect(selectSteps(read("is:duplicate"))).toEqual([1, 2, 5, 8]);
  });

  test("the longest and deepest filters are within the limits", () => {
    for (const text of [
      "a ".repeat(999),
      `${"kind:x* OR ".repeat(180)}a`,
      "(a OR b ".repeat(20) + ")".repeat(20),
      `"${"%".repeat(1990)}"`,
    ]) {
      expect(() => selectMessages(read(text)), text).not.toThrow();
      expect(() => selectInvocations(read(text), "all"), text).not.toThrow();
      expect(() => selectSteps(read(text)), text).not.toThrow();
    }
  });

  test("what a person wrote is in the parameters only", () => {
    const { sql, params } = compileFilter(read(`fn:"'x'" "'x'" /'x'/ id:"'x'" size:>77`));
    expect(sql).not.toContain("x'");
    expect(sql).not.toContain("77");
    expect(params).toContain("'x'");
    expect(params).toContain(77);
  });

  test("another search for text takes the place of the row's columns", () => {
    const { sql, params } = compileFilter(read("-hello*"), {
      textSearch: (pattern) => ({
        sql: "m.seq IN (SELECT rowid FROM fts WHERE fts MATCH ?)",
        params: [pattern.join("*")],
      }),
    });
    expect(sql).toBe("(NOT ifnull(m.seq IN (SELECT rowid FROM fts WHERE fts MATCH ?), 0))");
    expect(params).toEqual(["hello*"]);
  });
});
