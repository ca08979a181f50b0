import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "@inspector/session/database";
import { APPLICATION_ID, SCHEMA_VERSION } from "@inspector/session/schema";
import { writeScene } from "@inspector/session/testing/scene";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { exportSession } from "./export.ts";

const folder = mkdtempSync(join(tmpdir(), "export-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Line = Readonly<Record<string, unknown>> & { readonly kind: string; readonly message: unknown };

/** What `inspector export` writes of a scene. */
async function exported(name: string, table: string, sql = ""): Promise<Line[]> {
  const session = join(folder, `${name}.inspector`);
  const database = new DatabaseSync(session);
  writeScene(database as unknown as Database, table);
  database.exec(sql);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
  database.close();
  const output = join(folder, `${name}.ndjson`);
  expect(await exportSession([session, "--no-redact", "--output", output])).toBe(0);
  return readFileSync(output, "utf8")
    .trim()
    .split("\n")
    .map((line): Line => JSON.parse(line));
}

describe("an exported line", () => {
  const table = `
    1 ms   worker  start_stream            worker=w1
    2 ms   host    worker_init_request
    5 ms   worker  worker_init_response    runtime=node
    6 ms   host    function_load_request   function=hello
    9 ms   worker  function_load_response  function=hello status=Failure
    20 ms  host    invocation_request      id=i1 function=hello
    21 ms  host    invocation_request      id=i2 function=hello
    22 ms  worker  rpc_log                 id=i1 text=working
    30 ms  worker  invocation_response     id=i1 status=Failure exception=boom
    31 ms  worker  invocation_response     id=i2
    32 ms  worker  invocation_response     id=i2
    33 ms  worker  invocation_response     id=i3 status=none`;

  test("says what the inspector did: held for how long, sent by itself as a replay", async () => {
    const done = `
      INSERT INTO intervention VALUES (6, 8), (7, 1 | 4);
      INSERT INTO hold (seq, invocation, is_request, from_at, to_at, went_on) VALUES (6, 6, 1, 20000000, 26000000, 1);
      INSERT INTO replay VALUES (7, 1, 1, 0);`;
    const lines = await exported("hands", table, done);
    const facts = lines.map(({ interventions, isReplay, heldNs, durationNs }) => [
      interventions,
      isReplay,
      heldNs,
      durationNs,
    ]);
    expect(facts.slice(5, 10)).toEqual([
      [["held"], false, 6e6, null],
      [["replaced", "injected"], true, null, null],
      [[], false, null, null],
      [[], false, null, 4e6],
      [[], true, null, 10e6],
    ]);
  });

  test("has how long each step of a start took, from the launch of the process, and without what was held", async () => {
    const start = `0 ms   event   process-spawned         workerId=w1 pid=1
    40 ms  worker  start_stream            worker=w1
    50 ms  host    worker_init_request
    95 ms  worker  worker_init_response
    100 ms host    worker_status_request
    103 ms worker  worker_status_response`;
    const held = "INSERT INTO hold (seq, is_request, from_at, to_at, went_on) VALUES (2, 0, 50000000, 90000000, 1)";
    const lines = await exported("start", start, `INSERT INTO intervention VALUES (2, 8); ${held};`);
    expect(lines.map(({ kind, durationNs }) => [kind, durationNs])).toEqual([
      ["start_stream", 40e6],
      ["worker_init_request", null],
      ["worker_init_response", 5e6],
      ["worker_status_request", null],
      ["worker_status_response", 3e6],
    ]);
  });

  test("has the function's name, the status also where it is zero, and how long the answer took", async () => {
    const lines = await exported("facts", table);
    const facts = lines.map(({ kind, functionName, status, durationNs }) => [kind, functionName, status, durationNs]);
    expect(facts).toEqual([
      ["start_stream", "", null, null],
      ["worker_init_request", "", null, null],
      ["worker_init_response", "", "Success", 3e6],
      ["function_load_request", "hello", null, null],
      ["function_load_response", "hello", "Failure", 3e6],
      ["invocation_request", "hello", null, null],
      ["invocation_request", "hello", null, null],
      ["rpc_log", "hello", null, null],
      ["invocation_response", "hello", "Failure", 10e6],
      ["invocation_response", "hello", "Success", 10e6],
      ["invocation_response", "hello", "Success", null],
      ["invocation_response", "", "Failure", null],
    ]);
  });

  test("says Failure in the message too, which JSON leaves out as zero", async () => {
    const lines = await exported("statuses", table);
    const messages = lines.filter(({ status }) => status !== null).map(({ message }) => message);
    expect(messages).toMatchObject([
      { workerInitResponse: { result: { status: "Success" } } },
      { functionLoadResponse: { result: { status: "Failure" } } },
      { invocationResponse: { result: { status: "Failure", exception: { message: "boom" } } } },
      { invocationResponse: { result: { status: "Success" } } },
      { invocationResponse: { result: { status: "Success" } } },
      { invocationResponse: { invocationId: "i3" } },
    ]);
  });
});
