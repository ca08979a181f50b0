import type { SeenValues } from "@inspector/contract/page";
import { KIND_OTHER_SERVICE, nameKind } from "@inspector/filter/kinds";
import { isEventStream, KIND_EMPTY } from "@inspector/proto";
import { type Database, textOf } from "./database.ts";

/** Categories are names of loggers; who makes one up for each line is not followed. */
const MAX_CATEGORIES = 500;

/** Notes values that occur, each once; in memory only what is stored anyway. */
export function createSeen(database: Database): {
  add(message: { readonly kind: number; readonly category?: string | undefined }): void;
} {
  const insert = database.prepare("INSERT OR IGNORE INTO seen (what, value) VALUES (?, ?)");
  const known = (what: string) =>
    database
      .prepare("SELECT value FROM seen WHERE what = ?")
      .all(what)
      .map(({ value }) => textOf(value) ?? "");
  const kinds = new Set(known("kind").map(Number));
  const categories = new Set(known("category"));
  return {
    add({ kind, category }) {
      if (!kinds.has(kind)) {
        kinds.add(kind);
        insert.run("kind", String(kind));
      }
      if (category === undefined || categories.has(category) || categories.size >= MAX_CATEGORIES) {
        return;
      }
      categories.add(category);
      insert.run("category", category);
    },
  };
}

/** For completion; each list in the order in which it should be offered. */
export function seenValues(database: Database): SeenValues {
  const texts = (sql: string, ...params: string[]): string[] =>
    database
      .prepare(sql)
      .all(...params)
      .map(({ value }) => textOf(value) ?? "")
      .filter((text) => text !== "");
  const kinds = texts("SELECT value FROM seen WHERE what = 'kind'").map(Number);
  const methods = texts("SELECT DISTINCT path AS value FROM stream").filter((path) => !isEventStream(path));
  return {
    kinds: [
      ...kinds.filter((kind) => kind !== KIND_OTHER_SERVICE && kind !== KIND_EMPTY).map((kind) => nameKind(kind, "")),
      ...(kinds.includes(KIND_OTHER_SERVICE) ? methods.map((path) => nameKind(KIND_OTHER_SERVICE, path)) : []),
    ],
    functions: texts("SELECT DISTINCT name AS value FROM function ORDER BY name"),
    triggers: texts('SELECT DISTINCT "trigger" AS value FROM function WHERE "trigger" IS NOT NULL ORDER BY 1'),
    workers: texts(
      "SELECT DISTINCT runtime AS value FROM stream WHERE runtime IS NOT NULL UNION ALL SELECT DISTINCT worker_id FROM stream WHERE worker_id IS NOT NULL",
    ),
    categories: texts("SELECT value FROM seen WHERE what = 'category' ORDER BY value"),
  };
}
