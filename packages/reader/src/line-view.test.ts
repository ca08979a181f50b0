import { parseFilter } from "@inspector/filter/parse";
import { type Database, inTransaction } from "@inspector/session/database";
import { SCHEMA } from "@inspector/session/schema";
import { writeScene } from "@inspector/session/testing/scene";
import { createSessionBuilder } from "@inspector/session/testing/session-builder";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, test } from "vitest";
import { createLineView } from "./line-view.ts";
import type { LiveView } from "./live-view.ts";
import { createReadSession } from "./read-session.ts";

function sessionOf(scene: string): Database {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  database.exec(`PRAGMA foreign_keys = OFF; ${SCHEMA}`);
  writeScene(database, scene);
  return database;
}

function viewOf(database: Database, filter = "", after = 0): LiveView {
  const session = createReadSession({
    database,
    file: "x",
    decompress: () => ({ ok: false, reason: "none" }),
    text: undefined,
    describe: (stored) => stored,
  });
  const parsed = parseFilter(filter);
  return createLineView(session, parsed.ok && filter !== "" ? parsed.filter : undefined, after);
}

/** "number@place" of all that a view has to tell. */
function told(view: LiveView): string[][] {
  const frames: string[][] = [];
  for (let frame = view.next(); frame !== undefined; frame = view.next()) {
    const { ids } = frame;
    frames.push(ids.flatMap((number, index) => (index % 2 === 0 ? [`${number}@${ids[index + 1]}`] : [])));
  }
  return frames;
}

const OUTPUT = "process-output workerId=w1 stream=stdout";

const SCENE = `
  1 ms   event   ${OUTPUT} text=one
  2 ms   worker  start_stream worker=w1
  2 ms   event   ${OUTPUT} text=two
  3 ms   worker  rpc_log text=log
  4 ms   event   ${OUTPUT} text=three
  5 ms   worker  end
  6 ms   event   ${OUTPUT} text=four`;

describe("a view of lines", () => {
  test("each has its place among the messages; at the same moment the line comes first", () => {
    expect(told(viewOf(sessionOf(SCENE)))).toEqual([["2@1", "4@1", "6@3", "3@3", "8@3"]]);
  });

  test("what passes a filter keeps its place", () => {
    expect(told(viewOf(sessionOf(SCENE), "three OR category:stream-ended"))).toEqual([["6@3", "3@3"]]);
  });

  test("a session without any is told so at once", () => {
    expect(told(viewOf(sessionOf("")))).toEqual([[]]);
  });

  test("what comes in later is told once, with the places that it would have had from the beginning", () => {
    const database = new DatabaseSync(":memory:") as unknown as Database;
    database.exec(`PRAGMA foreign_keys = OFF`);
    const builder = createSessionBuilder(database);
    const view = viewOf(database);
    const stream = builder.stream(0);
    const say = (at: number) => builder.event(at, "process-output", { text: String(at) });
    say(1);
    expect(told(view)).toEqual([["2@1"]]);
    builder.message(2, stream, "worker", new Uint8Array());
    builder.message(3, stream, "worker", new Uint8Array());
    say(3);
    builder.endStream(4, stream, { by: "worker", how: "end" });
    builder.commit();
    expect(told(view)).toEqual([["4@2", `${2 * stream + 1}@3`]]);
    expect(told(view)).toEqual([]);
    builder.message(5, stream, "worker", new Uint8Array());
    builder.commit();
    expect(told(view)).toEqual([]);
    say(6);
    expect(told(view)).toEqual([["6@4"]]);
    expect(told(viewOf(database))).toEqual([["2@1", "4@2", `${2 * stream + 1}@3`, "6@4"]]);
  });

  test("whoever resumes hears of later events only, and of streams that have ended", () => {
    expect(told(viewOf(sessionOf(SCENE), "", 3))).toEqual([["3@3", "8@3"]]);
  });

  test("many lines come in slices, in the same order as at once", () => {
    const database = new DatabaseSync(":memory:") as unknown as Database;
    database.exec(`PRAGMA foreign_keys = OFF`);
    const builder = createSessionBuilder(database);
    inTransaction(database, () => {
      const stream = builder.stream(0);
      for (let at = 1; at <= 25_000; at += 1) {
        builder.event(at, "process-output", { text: "x" });
        if (at % 100 === 0) {
          builder.message(at, stream, "worker", new Uint8Array());
        }
        if (at === 12_345) {
          builder.endStream(at, stream, { by: "worker", how: "end" });
        }
      }
    });
    builder.commit();
    const frames = told(viewOf(database));
    expect(frames.map(({ length }) => length)).toEqual([10_000, 10_001, 5000]);
    const lines = frames.flat().map((line) => line.split("@").map(Number));
    expect(lines.findIndex(([number = 0]) => number % 2 === 1)).toBe(12_344);
    expect(lines.every(([, place = 0], index) => place >= (lines[index - 1]?.[1] ?? 0))).toBe(true);
    expect(lines.find(([number]) => number === 2 * 20_000)).toEqual([40_000, 200]);
  });
});
