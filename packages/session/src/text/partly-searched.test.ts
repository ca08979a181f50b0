import { parseFilter } from "@inspector/filter/parse";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "vitest";
import { writeScene } from "../../testing/scene.ts";
import type { Database } from "../database.ts";
import { MAX_TEXT_CHARS } from "./message-text.ts";
import { partlySearched } from "./partly-searched.ts";

test("a filter with free text says how many messages are searched by their beginning only", () => {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  writeScene(
    database,
    `0 ms worker start_stream worker=w1
     1 ms worker rpc_log text=${JSON.stringify("x".repeat(MAX_TEXT_CHARS + 1))}
     2 ms worker rpc_log text=short`,
  );
  const countOf = (text: string) => {
    const parsed = parseFilter(text);
    return parsed.ok && partlySearched(database, parsed.filter).count;
  };
  expect(["needle", "kind:rpc_log -(a OR b)", "/need.e/", "text:needle"].map(countOf)).toEqual([1, 1, 1, 1]);
  expect(["", "kind:rpc_log dur:>2s", "is:error"].map(countOf)).toEqual([0, 0, 0]);
});
