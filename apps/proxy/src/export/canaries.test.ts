import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { FORMATS } from "@inspector/hub/export/formats";
import { openForReading } from "@inspector/hub/sqlite";
import { createQueries } from "@inspector/session/queries";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeSession } from "../../../../packages/hub/testing/recorded-session.ts";
import { CANARY, findCanary, SURVIVOR, writeCanaries } from "../../testing/canaries.ts";
import { filesIn } from "../../testing/zip-files.ts";
import { exportSession } from "../commands/export.ts";

const folder = mkdtempSync(join(tmpdir(), "canaries-"));
const session = join(folder, "session.inspector");

beforeAll(() => {
  const writing = writeSession(session);
  writing.batch(writeCanaries);
  writing.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function exported(name: string, ...args: readonly string[]): Promise<Buffer> {
  const output = join(folder, name);
  expect(await exportSession([session, "--output", output, ...args])).toBe(0);
  expect(statSync(output).mode & 0o777).toBe(0o600);
  return readFileSync(output);
}

/** What an export adds to the page, which is the same for all, and the session that its reader unpacks. */
function withSession(page: string): string {
  const parts = [...page.matchAll(/class="session-part">([\w+/=]*)</gu)].map(([, part = ""]) => part);
  const added = page.slice(page.indexOf('<script type="application/json"'));
  return added + gunzipSync(Buffer.concat(parts.map((part) => Buffer.from(part, "base64")))).toString("latin1");
}

/** What an export says, without what packs it. */
function readable(format: string, bytes: Buffer): string {
  if (format === "aspire") {
    return filesIn(bytes)
      .map(({ name, text }) => name + text)
      .join();
  }
  const text = bytes.toString("latin1");
  return format === "html" ? withSession(text) : text;
}

describe("a session with a secret in every place", () => {
  test("has them, in every encoding that is looked for", () => {
    expect(findCanary(readFileSync(session, "latin1"))).toContain(CANARY);
    const twice = Buffer.from(encodeURIComponent(Buffer.from(`a${CANARY}`).toString("base64"))).toString("base64");
    expect(findCanary(`x ${twice} y`)).toContain(CANARY);
  });

  test.each(Object.keys(FORMATS))("keeps none of them as %s, and what is no secret", async (format) => {
    const bytes = await exported(`export.${format}`, "--format", format);
    const text = readable(format, bytes);
    expect(findCanary(text)).toBeUndefined();
    expect(text.includes(SURVIVOR) || format === "ndjson").toBe(true);
  });

  test("has as many messages of the same kinds, ids and times in the copy", async () => {
    await exported("same.inspector", "--format", "inspector");
    const shown = [session, join(folder, "same.inspector")].map((file) => {
      const database = openForReading(file);
      const rows = createQueries(database)
        .messagesAfter(0, 1000)
        .rows.map(({ seq, at, kind, from, requestId, invocationId, functionId, status }) => {
          return { seq, at, kind, from, requestId, invocationId, functionId, status };
        });
      database.close();
      return rows;
    });
    expect(shown[0]?.length).toBeGreaterThan(300);
    expect(shown[1]).toEqual(shown[0]);
  });

  test("leaves nothing beside the file that was asked for", async () => {
    await exported("alone.inspector", "--format", "inspector");
    expect(readdirSync(folder).filter((name) => name.startsWith(".") || name.includes("alone.inspector-"))).toEqual([]);
  });
});
