import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compressFiles } from "../../../../../scripts/compress.mjs";
import { writeSession } from "../../../testing/recorded-session.ts";
import { type Folder, makeFolder, type ServedSessions, serve } from "../../../testing/served-sessions.ts";

const SCRIPT = "export const text = 'the same again';\n".repeat(1000);

let folder: Folder;
let served: ServedSessions;

beforeAll(async () => {
  folder = makeFolder();
  writeSession(folder.file("a")).close();
  mkdirSync(join(folder.page, "assets"));
  writeFileSync(join(folder.page, "assets/index-0123.js"), SCRIPT);
  writeFileSync(join(folder.page, "assets/font.woff2"), gzipSync(SCRIPT));
  compressFiles(folder.page);
  served = await serve(folder, folder.file("a"));
});

afterAll(async () => {
  await served.close();
  folder.remove();
});

test.each([
  ["gzip, deflate, br", "br", brotliDecompressSync],
  ["gzip, deflate", "gzip", gunzipSync],
  ["identity", undefined, (bytes: Buffer) => bytes],
] as const)("a browser that takes %s gets %s", async (accepted, encoding, decompress) => {
  const answer = await served.ask("/assets/index-0123.js", { headers: { "accept-encoding": accepted } });
  expect(answer.headers).toMatchObject({
    "content-type": "text/javascript",
    "cache-control": "private, max-age=31536000, immutable",
  });
  expect(answer.headers["content-encoding"]).toBe(encoding);
  expect(String(decompress(answer.body))).toBe(SCRIPT);
  expect(answer.body.length < SCRIPT.length / 10).toBe(encoding !== undefined);
});

test("what is compressed already is sent as it is, and the page itself is never kept", async () => {
  const headers = { "accept-encoding": "gzip, deflate, br" };
  expect((await served.ask("/assets/font.woff2", { headers })).headers["content-encoding"]).toBeUndefined();
  expect((await served.ask("/", { headers })).headers["cache-control"]).toBe("no-store");
});

test("an installation whose page is gone is told to who asks for it, and all else goes on", async () => {
  const page = join(folder.root, "gone");
  const other = await serve({ ...folder, page }, folder.file("a"));
  try {
    const answer = await other.ask("/", { headers: { accept: "application/json" } });
    expect(answer).toMatchObject({ status: 500, json: { error: { code: "not-built", hint: expect.any(String) } } });
    expect((await other.ask("/api/session")).status).toBe(200);
    mkdirSync(page);
    writeFileSync(join(page, "index.html"), "<!doctype html>");
    expect((await other.ask("/")).status).toBe(200);
  } finally {
    await other.close();
  }
});
