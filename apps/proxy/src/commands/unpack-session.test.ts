import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test, vi } from "vitest";
import { unpackSession } from "./unpack-session.ts";

const folder = mkdtempSync(join(tmpdir(), "unpack-"));
// Other tests have folders of the same names meanwhile.
vi.stubEnv("TMPDIR", folder);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const folders = () => readdirSync(folder).filter((name) => name.startsWith("inspector-open-"));

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("a session that is opened", () => {
  test("is the file itself where it is not compressed, or not there", async () => {
    const plain = file("plain.inspector", "SQLite format 3");
    expect(await unpackSession(plain)).toBe(plain);
    expect(await unpackSession("/no/such/file")).toBe("/no/such/file");
  });

  test("is unpacked for its owner only", async () => {
    const unpacked = await unpackSession(file("a.inspector.gz", gzipSync("the session")));
    expect(readFileSync(unpacked, "utf8")).toBe("the session");
    expect(unpacked).toMatch(/\/a\.inspector$/u);
    expect(statSync(unpacked).mode & 0o777).toBe(0o600);
    rmSync(dirname(unpacked), { recursive: true });
  });

  test("is refused, and nothing of it left, where it is cut off, and where it unpacks to more than it may", async () => {
    const before = folders();
    const whole = gzipSync(Buffer.alloc(100_000, "a"));
    await expect(unpackSession(file("cut.gz", whole.subarray(0, 60)))).rejects.toThrow(/cannot be unpacked/u);
    await expect(unpackSession(file("bomb.gz", whole), 50_000)).rejects.toThrow(/unpacks to more than 50000 bytes/u);
    expect(folders()).toEqual(before);
  });
});
