import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OutputFile } from "./output-file.ts";

let folder = "";
let session = "";
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inspector-output-"));
  session = at("kept.inspector");
  writeFileSync(session, "the session");
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string, isForced = false): void {
  const file = new OutputFile(name, { isForced, session });
  file.write(text);
  file.commit();
}

const names = (): string[] => readdirSync(folder).sort();

describe("a file that is written", () => {
  test("is there as a whole, for its owner only, when it is committed", () => {
    const file = new OutputFile(at("new"), { isForced: false, session });
    file.write("a");
    expect(existsSync(at("new"))).toBe(false);
    file.write("b");
    file.commit();
    expect(readFileSync(at("new"), "utf8")).toBe("ab");
    expect(statSync(at("new")).mode & 0o777).toBe(0o600);
    expect(names()).toEqual(["kept.inspector", "new"]);
  });

  test("leaves nothing when it is discarded, and the file of before as it was", () => {
    writeFileSync(at("old"), "of before");
    const file = new OutputFile(at("old"), { isForced: true, session });
    file.write("half");
    file.discard();
    file.discard();
    expect(readFileSync(at("old"), "utf8")).toBe("of before");
    expect(names()).toEqual(["kept.inspector", "old"]);
  });

  test("takes the place of another on request only, and not its mode", () => {
    writeFileSync(at("old"), "of before", { mode: 0o644 });
    expect(() => write(at("old"), "new")).toThrow(expect.objectContaining({ code: "file-exists" }));
    expect(readFileSync(at("old"), "utf8")).toBe("of before");
    write(at("old"), "new", true);
    expect(readFileSync(at("old"), "utf8")).toBe("new");
    expect(statSync(at("old")).mode & 0o777).toBe(0o600);
  });

  test("does not take the place of one that somebody made meanwhile", () => {
    const file = new OutputFile(at("new"), { isForced: false, session });
    file.write("ours");
    writeFileSync(at("new"), "theirs");
    expect(() => file.commit()).toThrow(expect.objectContaining({ code: "file-exists" }));
    expect(readFileSync(at("new"), "utf8")).toBe("theirs");
    expect(names()).toEqual(["kept.inspector", "new"]);
  });

  test("follows a link to a file, which stays a link", () => {
    writeFileSync(at("old"), "of before");
    symlinkSync(at("old"), at("link"));
    write(at("link"), "new", true);
    expect(readFileSync(at("old"), "utf8")).toBe("new");
  });
});

describe("what is never written over", () => {
  test.each(["", "-wal", "-shm", "-text"])("is the session's file%s, by any name and also on request", (suffix) => {
    const own = `${session}${suffix}`;
    writeFileSync(own, "of the session");
    mkdirSync(at("elsewhere"));
    symlinkSync(own, at("link"));
    linkSync(own, at("same"));
    for (const name of [own, at(`elsewhere/../kept.inspector${suffix}`), at("link"), at("same")]) {
      for (const isForced of [false, true]) {
        expect(() => write(name, "x", isForced), name).toThrow(expect.objectContaining({ code: "session-in-use" }));
      }
    }
    expect(readFileSync(own, "utf8")).toBe("of the session");
  });

  test("is a file that SQLite would take for the session's", () => {
    expect(() => write(`${session}-wal`, "x", true)).toThrow(expect.objectContaining({ code: "session-in-use" }));
  });
});

test.each([
  ["no/such/folder/file", /ENOENT/u],
  ["kept.inspector/file", /ENOTDIR/u],
  ["folder", /it is a folder/u],
  ["dangling", /a link to a file that does not exist/u],
])("%s cannot be written, which is said before anything else happens", (name, reason) => {
  mkdirSync(at("folder"));
  symlinkSync(at("nowhere"), at("dangling"));
  expect(() => new OutputFile(at(name), { isForced: true, session })).toThrow(
    expect.objectContaining({ code: "not-written", message: expect.stringMatching(reason) }),
  );
});

test.skipIf(process.platform === "win32")("a pipe is written to as it is, and stays", async () => {
  execFileSync("mkfifo", [at("pipe")]);
  const reader = spawn("cat", [at("pipe")]);
  let read = "";
  reader.stdout.on("data", (chunk) => {
    read += String(chunk);
  });
  write(at("pipe"), "through the pipe");
  await once(reader, "close");
  expect(read).toBe("through the pipe");
  expect(names()).toEqual(["kept.inspector", "pipe"]);
});
