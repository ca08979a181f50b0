/** What the OpenTelemetry Collector makes of an export: it reads it with the same library. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { COMMAND, temporaryFolder } from "./inspector-process.ts";
import { prepareOtlpReader, whyMissing } from "./peers/toolchains.ts";

const SESSION = new URL("../packages/session/fixtures/v7.inspector.gz", import.meta.url);
const PATIENCE_MS = 120_000;

const reader = await prepareOtlpReader();
const folder = temporaryFolder();
afterAll(() => folder.remove());

/** Each line without lists that have nothing in them, which the library does not write. */
function requestsIn(lines: string): unknown[] {
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line, (_, value) => (Array.isArray(value) && value.length === 0 ? undefined : value)));
}

describe.skipIf(reader.missing !== undefined)(`the Collector's reader of OTLP/JSON${whyMissing(reader)}`, () => {
  test("understands every field of an export", { timeout: PATIENCE_MS }, () => {
    const session = join(folder.path, "session.inspector");
    writeFileSync(session, gunzipSync(readFileSync(SESSION)));
    const args = [COMMAND, "export", session, "--format", "otlp"];
    const options = { encoding: "utf8", timeout: PATIENCE_MS } as const;
    const exported = execFileSync(process.execPath, args, options);
    const [command = "", ...more] = reader.command ?? [];
    const understood = execFileSync(command, more, { ...options, input: exported });
    const requests = requestsIn(exported);
    expect(requests.length).toBeGreaterThan(1);
    expect(requestsIn(understood)).toEqual(requests);
  });
});
