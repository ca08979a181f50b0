/** Reads of a session what is compared. */
import { createProblems } from "@inspector/analysis/problems/problems";
import { createReadPayload } from "@inspector/hub/payload";
import { openForReading } from "@inspector/hub/sqlite";
import { functionsOf } from "@inspector/session/function-queries";
import { createQueries } from "@inspector/session/queries";
import { workersOf } from "@inspector/session/worker-queries";
import type { ComparedFunction, ComparedSession } from "./compare.ts";
import { nthCalls } from "./compared-calls.ts";

/** @param nth which call of each function is read, from 1 on */
export function readCompared(file: string, nth: number): ComparedSession {
  const database = openForReading(file);
  try {
    const queries = createQueries(database);
    const readPayload = createReadPayload(queries);
    const [worker] = workersOf(database, readPayload);
    const counts = new Map<string, number>();
    for (const { rule, count } of createProblems(database).update().problems) {
      counts.set(rule, (counts.get(rule) ?? 0) + count);
    }
    return {
      messages: queries.lastSeq(),
      functions: mergedByName(functionsOf(database, readPayload)),
      startup: (worker?.steps ?? []).flatMap(({ step, duration }) =>
        duration === undefined ? [] : [{ name: step, duration }],
      ),
      problems: [...counts].map(([name, count]) => ({ name, count })),
      calls: nthCalls(database, queries, nth),
    };
  } finally {
    database.close();
  }
}

/** A function is one, however many workers have it. Its times are those of the worker with the most calls. */
function mergedByName(functions: readonly ComparedFunction[]): ComparedFunction[] {
  const merged = new Map<string, ComparedFunction & { readonly most: number }>();
  for (const { name, calls, failures, lost, p50, p95 } of functions) {
    const known = merged.get(name);
    const times = known === undefined || calls > known.most ? { p50, p95, most: calls } : known;
    merged.set(name, {
      name,
      calls: calls + (known?.calls ?? 0),
      failures: failures + (known?.failures ?? 0),
      lost: lost + (known?.lost ?? 0),
      p50: times.p50,
      p95: times.p95,
      most: times.most,
    });
  }
  return [...merged.values()].map(({ most: _, ...one }) => one);
}
