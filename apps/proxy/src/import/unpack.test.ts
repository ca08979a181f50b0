import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test, vi } from "vitest";
import { zipOf } from "../../testing/zip-file.ts";
import { type InputOptions, openInput } from "./open-input.ts";

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

async function unpacked(path: string, options?: InputOptions): Promise<string> {
  return (await openInput(path, options)).session;
}

function pageWith(part: string): Buffer {
  return Buffer.from(
    `<!DOCTYPE html>\n<p>ü</p><script>a='<script type="text/plain" class="session-part">'</script><script type="text/plain" class="session-part">${part}</script>\n</body>`,
  );
}

function pageOf(gzipped: Buffer, bytesOfPart = 30): Buffer {
  const parts = Array.from({ length: Math.ceil(gzipped.length / bytesOfPart) }, (_, n) =>
    gzipped.subarray(n * bytesOfPart, (n + 1) * bytesOfPart).toString("base64"),
  );
  return pageWith(parts.join('</script>\n<script type="text/plain" class="session-part">'));
}

function cutBehindFirstPart(): Buffer {
  const page = pageOf(gzipSync("the session"), 12);
  return page.subarray(0, page.indexOf("</script>", page.indexOf("H4sI")) + 9);
}

describe("a session that is opened", () => {
  test("is the file itself where it is not compressed, or not there", async () => {
    const before = folders();
    const plain = file("plain.inspector", "SQLite format 3");
    expect(await unpacked(plain)).toBe(plain);
    expect(await unpacked("/no/such/file")).toBe("/no/such/file");
    expect(folders()).toEqual(before);
  });

  test("is unpacked for its owner only", async () => {
    const session = await unpacked(file("a.inspector.gz", gzipSync("the session")));
    expect(readFileSync(session, "utf8")).toBe("the session");
    expect(session).toMatch(/\/a\.inspector$/u);
    expect(statSync(session).mode & 0o777).toBe(0o600);
  });

  test.each([
    ["alone", [{ path: "session.inspector", content: "the session" }]],
    ["as it is", [{ path: "session.inspector", content: "the session", isStored: true }]],
    ["compressed", [{ path: "a/session.inspector.gz", content: gzipSync("the session") }]],
    [
      "among other files",
      [
        { path: "readme.txt", content: "see there" },
        { path: "__MACOSX/._session.inspector", content: "x" },
        { path: "deep/session.inspector", content: "the session" },
      ],
    ],
    ["under a path that leads elsewhere", [{ path: "../../etc/session.inspector", content: "the session" }]],
  ])("is found in an archive, where it is there %s", async (_, files) => {
    const session = await unpacked(file("a.zip", zipOf(files)));
    expect(readFileSync(session, "utf8")).toBe("the session");
    expect(session.startsWith(join(folder, "inspector-open-"))).toBe(true);
    expect(session).toMatch(/\/session\.inspector$/u);
  });

  test.each([
    [
      "two sessions",
      zipOf(["a.inspector", "b.inspector"].map((path) => ({ path, content: "x" }))),
      /2 of them sessions/u,
    ],
    ["no file", zipOf([{ path: "folder/", content: "" }]), /it holds 0 files/u],
    ["an encrypted one", zipOf([{ path: "a.inspector", content: "x", flags: 1 }]), /it is encrypted/u],
    ["one of an unknown method", zipOf([{ path: "a.inspector", content: "x", method: 99 }]), /method 99/u],
    ["a directory that is not there", zipOf([{ path: "a.inspector", content: "x" }]).subarray(0, 40), /it is cut off/u],
  ])("is refused, where an archive has %s", async (_, archive, reason) => {
    const before = folders();
    await expect(unpacked(file("bad.zip", archive))).rejects.toThrow(reason);
    expect(folders()).toEqual(before);
  });

  test("is refused, and nothing of it left, where it is cut off, and where it unpacks to more than it may", async () => {
    const before = folders();
    const content = Buffer.alloc(100_000, "a");
    const whole = gzipSync(content);
    await expect(unpacked(file("cut.gz", whole.subarray(0, 60)))).rejects.toThrow(/cannot be unpacked/u);
    const limit = 50_000;
    const zipped = zipOf([{ path: "a.inspector", content, claimed: 10 }]);
    for (const [name, bomb] of [
      ["bomb.gz", whole],
      ["bomb.zip", zipped],
      ["bomb.html", pageOf(whole)],
      ["bombs.zip", zipOf([{ path: "a.inspector.gz", content: whole }])],
    ] as const) {
      await expect(unpacked(file(name, bomb), { limit })).rejects.toThrow(/unpacks to more than 50000 bytes/u);
    }
    expect(folders()).toEqual(before);
  });

  test("is found in a page, however it is cut into parts and whatever stands around them", async () => {
    const content = Buffer.from(Array.from({ length: 9000 }, (_, n) => n % 251));
    for (const size of [3, 300, 9_000_000]) {
      const session = await unpacked(file("session.html", pageOf(gzipSync(content), size)));
      expect(readFileSync(session)).toEqual(content);
      expect(session).toMatch(/\/session\.inspector$/u);
      expect(statSync(session).mode & 0o777).toBe(0o600);
    }
  });

  test.each<[string, Buffer, RegExp]>([
    ["has no session", Buffer.from("<!doctype html><p>session-part</p>"), /is a page without a session in it/u],
    ["is cut off", pageOf(gzipSync("the session")).subarray(0, -40), /it is cut off|unexpected end of file/u],
    ["is cut off between parts", cutBehindFirstPart(), /unexpected end of file/u],
    ["has no base64", pageWith("H4sI&lt;b&gt;"), /part 1 of its session is no base64/u],
    ["has an empty part", pageWith(""), /is a page without a session in it/u],
    ["has half a digit", pageWith("H4sIA"), /part 1 of its session is no base64/u],
    [
      "has something else in base64",
      pageWith(Buffer.from("the session").toString("base64")),
      /incorrect header check/u,
    ],
  ])("is refused, where a page %s", async (_, page, reason) => {
    const before = folders();
    await expect(unpacked(file("bad.html", page))).rejects.toThrow(reason);
    await expect(unpacked(file("bad.html", page))).rejects.toMatchObject({ code: "not-a-session" });
    expect(folders()).toEqual(before);
  });

  test("is read no further than two packings deep", async () => {
    const nested = gzipSync(gzipSync(gzipSync("the session")));
    const session = await unpacked(file("nested.gz", nested));
    expect(readFileSync(session)).toEqual(gzipSync("the session"));
  });
});
