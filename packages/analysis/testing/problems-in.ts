import type { Problem, Problems } from "@inspector/contract/page";
import type { Database } from "@inspector/session/database";
import { writeScene } from "@inspector/session/testing/scene";
import { DatabaseSync } from "@photostructure/sqlite";
import { createProblems } from "../src/problems/problems.ts";

export function openScene(...tables: readonly string[]): Database {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  writeScene(database, tables.join("\n"));
  return database;
}

/** All problems of a scene, which may be given as several tables. */
export function problemsIn(...tables: readonly string[]): Problems {
  return createProblems(openScene(...tables)).update();
}

/** The names of the rules that find something, the worst first. */
export function rulesIn(...tables: readonly string[]): string[] {
  return problemsIn(...tables).problems.map(({ rule }) => rule);
}

/** What one rule finds. */
export function foundBy(rule: string, ...tables: readonly string[]): Problem[] {
  return problemsIn(...tables).problems.filter((problem) => problem.rule === rule);
}

/** A Node.js worker that has loaded "hello", 10 ms after it connected. */
export const NODE = `
  at      from    message                 values
  1 ms    worker  start_stream            worker=w1
  2 ms    host    worker_init_request
  4 ms    worker  worker_init_response    runtime=node capabilities={"WorkerStatus":"true","HandlesWorkerTerminateMessage":"true"}
  6 ms    host    function_load_request   function=hello
  9 ms    worker  function_load_response  function=hello`;

export const DOTNET = NODE.replace("runtime=node", 'runtime=".NET"');

/** The same worker's orderly end. */
export const STOPPED = `
  60 min  host    worker_terminate
  60 min  relay   lost
  60 min  event   process-exited          workerId=w1 code=0`;
