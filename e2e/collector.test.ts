/** What a real OpenTelemetry Collector makes of an export: of what its receiver took, its exporter writes each request. */
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { onWholeLines } from "@inspector/testkit/whole-lines";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { COMMAND, temporaryFolder } from "./inspector-process.ts";
import { prepareCollector, whyMissing } from "./peers/toolchains.ts";

const SESSION = new URL("../packages/session/fixtures/v7.inspector.gz", import.meta.url);
const PATIENCE_MS = 120_000;

const collector = await prepareCollector();

type Running = {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly url: string;
  /** Its exporter's lines, in order. */
  readonly written: unknown[];
};

async function startCollector(): Promise<Running> {
  const [command = "", ...args] = collector.command ?? [];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  const written: unknown[] = [];
  onWholeLines(child.stdout, (line) => written.push(JSON.parse(line)));
  let log = "";
  let endpoint: string | undefined;
  onWholeLines(child.stderr, (line) => {
    log += `${line}\n`;
    endpoint ??= /"msg":"Starting HTTP server".*"endpoint":"([^"]+)"/u.exec(line)?.[1];
  });
  const listening = await eventually(() => {
    if (child.exitCode !== null) {
      throw new Error(`the Collector ended: ${log}`);
    }
    return endpoint;
  });
  return { process: child, url: `http://${listening}`, written };
}

/** Requests without lists that have nothing in them, which the Collector does not write. */
function requestsIn(lines: string): object[] {
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line, (_, value) => (Array.isArray(value) && value.length === 0 ? undefined : value)));
}

/** For `JSON.stringify`: members by name. */
function sorted(_: string, value: unknown): unknown {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value).sort()) : value;
}

/** Spans and records of logs wherever they stand, sorted: how many come in one request is the sender's choice. */
function recordsIn(requests: readonly unknown[]): string[] {
  const records: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) {
      return;
    }
    for (const [name, member] of Object.entries(value)) {
      if ((name === "spans" || name === "logRecords") && Array.isArray(member)) {
        records.push(...member.map((record) => `${name} ${JSON.stringify(record, sorted)}`));
      } else {
        collect(member);
      }
    }
  };
  collect(requests);
  return records.sort();
}

describe.skipIf(collector.missing !== undefined)(`an OpenTelemetry Collector${whyMissing(collector)}`, () => {
  const folder = temporaryFolder();
  const session = join(folder.path, "session.inspector");
  let running: Running;
  let exported: object[] = [];

  beforeAll(async () => {
    running = await startCollector();
    writeFileSync(session, gunzipSync(readFileSync(SESSION)));
    exported = requestsIn(inspect("export", session, "--format", "otlp"));
  }, PATIENCE_MS);

  afterAll(async () => {
    running.process.stdin.end();
    await once(running.process, "exit");
    folder.remove();
  }, PATIENCE_MS);

  function inspect(...args: readonly string[]): string {
    return execFileSync(process.execPath, [COMMAND, ...args], { encoding: "utf8", timeout: PATIENCE_MS });
  }

  test("takes each line of a file, and understands every field", { timeout: PATIENCE_MS }, async () => {
    expect(exported.length).toBeGreaterThan(1);
    running.written.length = 0;
    for (const request of exported) {
      const path = "resourceLogs" in request ? "/v1/logs" : "/v1/traces";
      const headers = { "content-type": "application/json" };
      const answer = await fetch(running.url + path, { method: "POST", headers, body: JSON.stringify(request) });
      expect([answer.status, await answer.json()]).toEqual([200, { partialSuccess: {} }]);
    }
    await eventually(() => running.written.length >= exported.length);
    expect(running.written).toEqual(exported);
  });

  test("gets all of it from `export --otlp`", { timeout: PATIENCE_MS }, async () => {
    running.written.length = 0;
    inspect("export", session, "--otlp", running.url);
    const sent = recordsIn(exported);
    await eventually(() => recordsIn(running.written).length >= sent.length);
    expect(recordsIn(running.written)).toEqual(sent);
  });
});
