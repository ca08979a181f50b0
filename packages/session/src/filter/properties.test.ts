import { contentKinds, kindName } from "@inspector/proto";
import { DatabaseSync } from "@photostructure/sqlite";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KIND_OTHER_SERVICE, nameKind } from "../kinds.ts";
import { SCHEMA } from "../schema.ts";
import { compileFilter } from "./compile.ts";
import { completeFilter } from "./complete.ts";
import type { Filter, Term, Test } from "./filter.ts";
import { formatFilter } from "./format.ts";
import { parseFilter } from "./parse.ts";

type Row = {
  seq: number;
  at: number;
  stream: number;
  side: number;
  kind: number;
  size: number;
  flags: number;
  body: number;
  request_id: string | null;
  invocation_id: string | null;
  function_id: string | null;
  status: number | null;
  level: number | null;
  category: string | null;
  text: string | null;
};

const STREAMS = [
  { id: 1, path: "/AzureFunctionsRpcMessages.FunctionRpc/EventStream", worker_id: "abc-1", runtime: "node" },
  { id: 2, path: "/Settlement/Complete", worker_id: null, runtime: null },
];
const FUNCTIONS = [
  { stream: 1, function_id: "f1", name: "OrderCreated", trigger: "httpTrigger" },
  { stream: 1, function_id: "f2", name: "Order 100%_\\ done", trigger: null },
  { stream: 2, function_id: "f1", name: "hello", trigger: "queueTrigger" },
];
const DROPPED_THROUGH = 20;

const WORDS = [
  "Order",
  "order",
  "created",
  "a b",
  "%",
  "_",
  "\\",
  '"',
  "'",
  "f1",
  "inv",
  "100%_\\ done",
  "É",
  "é",
  "*",
  "(",
  "OR",
  "/x",
];
const SQL_WORDS = ["'; DROP TABLE message; --", "?1", "$a", "\u2028", "😀", "\ud800"];

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 2 });

const rowArbitrary: fc.Arbitrary<Omit<Row, "seq">> = fc.record({
  at: fc.integer({ min: 0, max: 5e9 }),
  stream: pick(1, 1, 2),
  side: pick(0, 1),
  kind: pick(-2, -1, 0, 2, 4, 4, 5, 5, 9, 16, 40),
  size: pick(0, 100, 1024, 5_000_000),
  flags: pick(0, 1, 2, 3),
  body: fc.integer({ min: 0, max: 40 }),
  request_id: maybe(pick("req-1", "Req-2")),
  invocation_id: maybe(pick("inv-1", "inv-2", "INV-3")),
  function_id: maybe(pick("f1", "f2", "f3")),
  status: maybe(pick(0, 1, 2)),
  level: maybe(fc.integer({ min: 0, max: 6 })),
  category: maybe(pick("Function.hello", "Host")),
  text: maybe(
    fc.oneof(
      pick(...WORDS),
      fc.tuple(pick(...WORDS), pick(...WORDS)).map((words) => words.join(" ")),
    ),
  ),
});

const patternText = fc.oneof(
  pick(
    "Order*",
    "*created",
    "f*",
    "inv*",
    "invocation*",
    "abc*",
    "node",
    "http*",
    "*",
    "*e*e*",
    "#*",
    "settlement/*",
    "Host",
  ),
  pick(...WORDS, ...SQL_WORDS).map((word) => `"${word.replace(/["\\]/g, "\\$&")}"`),
  fc.string({ maxLength: 6 }).map((text) => `"${text.replace(/["\\]/g, "\\$&").replaceAll("\0", "")}x"*`),
);

const comparison = (...units: readonly string[]) =>
  fc.oneof(
    fc.tuple(pick(">", ">=", "<", "<=", "="), fc.nat(5000), pick(...units)).map((parts) => parts.join("")),
    fc.tuple(fc.nat(2000), pick(...units), fc.nat(5000)).map(([from, unit, to]) => `${from}${unit}..${to}${unit}`),
  );

const termText = fc.oneof(
  patternText,
  fc.tuple(pick("fn", "trigger", "worker", "id", "category", "text"), patternText).map((parts) => parts.join(":")),
  fc.tuple(pick("fn", "text"), patternText, patternText).map(([key, a, b]) => `${key}:${a},${b}`),
  pick(
    "kind:rpc_log",
    "kind:invocation*",
    'kind:""',
    "kind:#40",
    "kind:*",
    "kind:undecodable",
    "kind:Settlement/*,*load*",
  ),
  pick(
    "status:failed",
    "status:ok,cancelled",
    "side:host",
    "side:worker",
    "level:>=warning",
    "level:debug",
    "level:<=info,error",
  ),
  pick(
    "error",
    "log",
    "request",
    "response",
    "empty",
    "unknown",
    "undecodable",
    "compressed",
    "truncated",
    "dropped",
  ).map((is) => `is:${is}`),
  comparison("ms", "us").map((test) => `dur:${test}`),
  comparison("ms").map((test) => `at:${test}`),
  comparison("b", "kb").map((test) => `size:${test}`),
  pick("stream:1", "stream:>1", "stream:1..2"),
  pick("/order/", "/^inv-\\d$/", "/(a|%) b?/", "/\\/x/", "/[_]response$/"),
);

const { filterText } = fc.letrec<{ filterText: string; unary: string }>((tie) => ({
  unary: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    termText,
    tie("filterText").map((text) => `(${text})`),
    tie("unary").map((text) => `-${text}`),
  ),
  filterText: fc
    .array(fc.array(tie("unary"), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
    .map((lists) => lists.map((list) => list.join(" ")).join(" OR ")),
}));

function read(text: string): Filter {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  return parsed.filter;
}

describe("any filter", () => {
  test("is read again from how it is written", () => {
    fc.assert(
      fc.property(filterText, (text) => {
        const filter = read(text);
        expect(read(formatFilter(filter))).toEqual(filter);
      }),
      { numRuns: 500 },
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
        if (parsed.ok) expect(parseFilter(formatFilter(parsed.filter))).toEqual(parsed);
        else expect(parsed.offset >= 0 && parsed.offset <= text.length).toBe(true);
        const { from, to } = completeFilter(text, Math.min(caret, text.length), {});
        expect(from <= to && to <= text.length).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("in SQLite", () => {
  const database = new DatabaseSync(":memory:");
  beforeAll(() => {
    database.exec(`PRAGMA foreign_keys = OFF; ${SCHEMA}`);
    database.function("regexp", { deterministic: true }, (pattern: unknown, text: unknown) =>
      typeof text === "string" ? Number(new RegExp(String(pattern), "i").test(text)) : null,
    );
    for (const { id, path, worker_id, runtime } of STREAMS) {
      database
        .prepare(
          "INSERT INTO stream (id, connection, number, path, opened_at, worker_id, runtime) VALUES (?, 1, ?, ?, 0, ?, ?)",
        )
        .run(id, id, path, worker_id, runtime);
    }
    for (const { stream, function_id, name, trigger } of FUNCTIONS) {
      database.prepare("INSERT INTO function VALUES (?, ?, ?, ?)").run(stream, function_id, name, trigger);
    }
    database.prepare("INSERT INTO session VALUES ('dropped_through', ?)").run(String(DROPPED_THROUGH));
  });
  afterAll(() => database.close());

  function fill(rows: readonly Row[]): void {
    database.exec("DELETE FROM message");
    const names = ["seq", "at", "stream", "side", "kind", "size", "flags", "body", "request_id", "invocation_id"];
    names.push("function_id", "status", "level", "category", "text");
    const insert = database.prepare(`INSERT INTO message (${names}) VALUES (${names.map((name) => `:${name}`)})`);
    for (const row of rows) insert.run(row);
  }

  function select(filter: Filter, after?: number): number[] {
    const { sql, params } = compileFilter(filter, after === undefined ? {} : { after });
    const statement = database.prepare(`SELECT m.seq, (${sql}) AS hit FROM message m WHERE ${sql} ORDER BY m.seq`);
    return statement.all(...params, ...params).map((row) => Number(Object(row).seq));
  }

  const scene = fc
    .array(rowArbitrary, { minLength: 1, maxLength: 25 })
    .map((rows) => rows.map((row, index): Row => ({ seq: index + 1, ...row })));

  test("any filter finds what looking at each row finds, and its negation the rest", () => {
    fc.assert(
      fc.property(scene, fc.array(filterText, { minLength: 1, maxLength: 5 }), fc.nat(25), (rows, texts, after) => {
        fill(rows);
        for (const text of texts) {
          const filter = read(text);
          const expected = rows.filter((row) => isMatch(filter, row, rows)).map(({ seq }) => seq);
          const rest = rows.map(({ seq }) => seq).filter((seq) => !expected.includes(seq));
          expect(select(filter), text).toEqual(expected);
          expect(select(read(`-(${text})`)), text).toEqual(rest);
          expect(select(filter, after), text).toEqual(expected.filter((seq) => seq > after));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("the longest and deepest filters are within the limits", () => {
    for (const text of [
      "a ".repeat(999),
      `${"kind:x* OR ".repeat(180)}a`,
      "(a OR b ".repeat(20) + ")".repeat(20),
      `"${"%".repeat(1990)}"`,
    ]) {
      expect(() => select(read(text)), text).not.toThrow();
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

/** Says what a filter means without SQL: slow and obvious. */
function isMatch(filter: Filter, row: Row, rows: readonly Row[]): boolean {
  switch (filter.type) {
    case "all":
      return true;
    case "and":
      return filter.items.every((item) => isMatch(item, row, rows));
    case "or":
      return filter.items.some((item) => isMatch(item, row, rows));
    case "not":
      return !isMatch(filter.item, row, rows);
    default:
      return isTermMatch(filter, row, rows);
  }
}

function isTermMatch(term: Term, row: Row, rows: readonly Row[]): boolean {
  const stream = STREAMS.find(({ id }) => id === row.stream);
  const ids = [row.invocation_id, row.function_id, row.request_id];
  const anywhere = [row.text, nameKind(row.kind, stream?.path ?? ""), ...ids, row.category, functionOf(row)?.name];
  switch (term.type) {
    case "text":
      return anywhere.some((value) => glob(["", ...term.pattern, ""], value));
    case "regex":
      return anywhere.some((value) => typeof value === "string" && new RegExp(term.source, "i").test(value));
    case "compare":
      return term.tests.some((test) => isWithin(test, { ...row, dur: duration(row, rows) }[term.key]));
    case "choice":
      return term.values.some((value) => isChosen(term.key, value, row));
    case "match": {
      const owners = row.function_id === null ? requestsBefore(row, rows) : [row];
      const values = {
        kind: [nameKind(row.kind, stream?.path ?? "")],
        fn: owners.flatMap((owner) => [owner.function_id, functionOf(owner)?.name]),
        trigger: owners.map((owner) => functionOf(owner)?.trigger),
        worker: [stream?.runtime],
        id: [],
        category: [row.category],
        text: [],
      }[term.key];
      const starting = { worker: [stream?.worker_id], id: ids }[
        term.key === "worker" || term.key === "id" ? term.key : "id"
      ];
      return term.patterns.some(
        (pattern) =>
          values.some((value) => glob(pattern, value)) ||
          ((term.key === "worker" || term.key === "id") && starting.some((value) => glob([...pattern, ""], value))) ||
          (term.key === "text" && glob(["", ...pattern, ""], row.text)),
      );
    }
  }
}

function functionOf(row: Row) {
  return FUNCTIONS.find(({ stream, function_id }) => stream === row.stream && function_id === row.function_id);
}

function requestsBefore(row: Row, rows: readonly Row[]): Row[] {
  if (row.invocation_id === null) return [];
  return rows.filter(
    (other) => other.invocation_id === row.invocation_id && other.stream === row.stream && other.seq < row.seq,
  );
}

function duration(row: Row, rows: readonly Row[]): number | null {
  const request = requestsBefore(row, rows).findLast(({ kind }) => kind === 4);
  return row.kind !== 5 || request === undefined ? null : row.at - request.at;
}

function isWithin(test: Test, value: number | null): boolean {
  if (value === null) return false;
  if (test.operator === "..") return value >= test.value && value <= test.end;
  const sign = Math.sign(value - test.value);
  return { "=": sign === 0, ">": sign > 0, ">=": sign >= 0, "<": sign < 0, "<=": sign <= 0 }[test.operator];
}

function isChosen(key: string, value: string, row: Row): boolean {
  const isKnown = contentKinds.some(({ number }) => number === row.kind);
  const claims: Record<string, boolean> = {
    "status failed": row.status === 0,
    "status success": row.status === 1,
    "status cancelled": row.status === 2,
    "side host": row.side === 0,
    "side worker": row.side === 1,
    "is error": row.status === 0 || row.level === 4 || row.level === 5,
    "is log": row.kind === 2,
    "is request": kindName(row.kind).includes("_request"),
    "is response": row.kind !== KIND_OTHER_SERVICE && kindName(row.kind).includes("_response"),
    "is empty": row.kind === 0,
    "is unknown": row.kind > 0 && !isKnown,
    "is undecodable": row.kind === -1,
    "is compressed": (row.flags & 1) !== 0,
    "is truncated": (row.flags & 2) !== 0,
    "is dropped": row.body <= DROPPED_THROUGH,
  };
  return claims[`${key} ${value}`] ?? false;
}

function glob(pattern: readonly string[], value: string | null | undefined): boolean {
  if (typeof value !== "string") return false;
  const lower = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const source = pattern
    .map((piece) => lower(piece).replace(/[^a-z0-9]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`))
    .join("[^]*");
  return new RegExp(`^${source}$`).test(lower(value));
}
