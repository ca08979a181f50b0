/** What a finished session leaves behind, and what can be named as a session. */
import { execFileSync } from "node:child_process";
import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createQueries } from "@inspector/session/queries";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeSession } from "../testing/recorded-session.ts";
import { type Folder, makeFolder } from "../testing/served-sessions.ts";
import { createKeptSessions } from "./kept-sessions.ts";
import { isSameFile, realPath } from "./same-file.ts";
import { finishFile, openForReading, openForWriting } from "./sqlite.ts";
import { listSessions } from "./state-folder.ts";

let folder: Folder;
let file: string;

beforeEach(() => {
  folder = makeFolder();
  file = folder.file("a");
  const writing = writeSession(file);
  writing.addRecording("node/failing-load");
  writing.close();
});

afterEach(() => folder.remove());

/** The file, and all that stands beside it under its name. */
function filesOf(name: string): string[] {
  return readdirSync(folder.sessions).filter((entry) => entry.startsWith(name));
}

function count(path: string): number {
  const database = openForReading(path);
  const last = createQueries(database).lastSeq();
  database.close();
  return last;
}

/** As inspectors before left their sessions, and as a copy of one that is being recorded is. */
function intoWriteAheadMode(): void {
  const database = openForWriting(file);
  database.exec("PRAGMA journal_mode = WAL");
  database.close();
}

function formatVersions(): number[] {
  return [...readFileSync(file).subarray(18, 20)];
}

describe("a finished session", () => {
  test("is one file in a mode that needs no log", () => {
    expect(filesOf("a")).toEqual(["a.inspector"]);
    expect(formatVersions()).toEqual([1, 1]);
  });

  test("stays one file when it is looked at", () => {
    expect(count(file)).toBeGreaterThan(10);
    expect(filesOf("a")).toEqual(["a.inspector"]);
  });

  test("stays one file when it is looked at, though its mode needs a log", () => {
    intoWriteAheadMode();
    expect(formatVersions()).toEqual([2, 2]);
    expect(count(file)).toBeGreaterThan(10);
    expect(filesOf("a")).toEqual(["a.inspector"]);
    expect(formatVersions()).toEqual([2, 2]);
  });

  test("stays in write-ahead mode as long as somebody looks, and is finished the next time", () => {
    intoWriteAheadMode();
    const writing = openForWriting(file);
    writing.exec("UPDATE session SET value = value");
    const looking = new DatabaseSync(file, { readOnly: true });
    looking.exec("SELECT count(*) FROM message");
    finishFile(file);
    expect(formatVersions()).toEqual([2, 2]);
    looking.close();
    writing.close();
    finishFile(file);
    expect(formatVersions()).toEqual([1, 1]);
    expect(filesOf("a")).toEqual(["a.inspector"]);
  });

  test("is recorded into again, and is one file afterwards", () => {
    const before = count(file);
    const writing = writeSession(file);
    writing.addRecording("node/failing-load", 1e9);
    writing.close();
    expect(count(file)).toBe(2 * before);
    expect(filesOf("a")).toEqual(["a.inspector"]);
  });

  test("that is gone is not made anew by finishing it", () => {
    finishFile(folder.file("nobody"));
    expect(filesOf("nobody")).toEqual([]);
  });
});

describe.skipIf(process.platform !== "linux" || process.getuid?.() !== 0)("on read-only media", () => {
  let media: string;

  beforeEach(() => {
    media = join(folder.sessions, "..", "media");
    mkdirSync(media);
    execFileSync("mount", ["-t", "tmpfs", "tmpfs", media]);
  });

  afterEach(() => execFileSync("umount", ["--lazy", media]));

  function lock(): void {
    execFileSync("mount", ["-o", "remount,ro", media]);
  }

  test("a finished session opens", () => {
    copyFileSync(file, join(media, "a.inspector"));
    lock();
    expect(count(join(media, "a.inspector"))).toBe(count(file));
  });

  test("a session whose recording was killed opens, with what stands in its log only", () => {
    const writing = writeSession(file);
    writing.addRecording("node/failing-load", 1e9);
    const last = count(file);
    for (const suffix of ["", "-wal"]) {
      copyFileSync(`${file}${suffix}`, join(media, `a.inspector${suffix}`));
    }
    copyFileSync(`${file}-shm`, join(media, "a.inspector-shm"));
    for (const suffix of ["", "-wal"]) {
      copyFileSync(`${file}${suffix}`, join(media, `b.inspector${suffix}`));
    }
    writing.close();
    lock();
    expect(last).toBeGreaterThan(count(file) / 2);
    expect(count(join(media, "a.inspector"))).toBe(last);
    expect(count(join(media, "b.inspector"))).toBe(last);
  });

  test("a session in write-ahead mode opens, also with an empty log beside it", () => {
    intoWriteAheadMode();
    copyFileSync(file, join(media, "a.inspector"));
    copyFileSync(file, join(media, "b.inspector"));
    writeFileSync(join(media, "b.inspector-wal"), "");
    lock();
    expect(count(join(media, "a.inspector"))).toBe(count(file));
    expect(count(join(media, "b.inspector"))).toBe(count(file));
  });
});

describe.skipIf(process.platform === "win32")("what is no file", () => {
  test("is refused before it is opened, since a pipe would be waited for", () => {
    const pipe = folder.file("pipe");
    execFileSync("mkfifo", [pipe]);
    for (const [path, what] of [
      [pipe, "a pipe"],
      ["/dev/zero", "a device"],
      [folder.sessions, "a folder"],
    ] as const) {
      const refused = expect.objectContaining({ code: "not-a-session", message: `${path} is ${what}, not a file` });
      expect(() => openForReading(path)).toThrow(refused);
      expect(() => openForWriting(path)).toThrow(refused);
    }
  });

  test("is no session of those that are kept", () => {
    execFileSync("mkfifo", [folder.file("pipe")]);
    symlinkSync(join(folder.sessions, "nowhere"), folder.file("dangling"));
    mkdirSync(folder.file("folder"));
    mkdirSync(join(folder.journals, "j1"), { recursive: true });
    execFileSync("mkfifo", [join(folder.journals, "j1", "journal.json")]);
    const kept = createKeptSessions(folder);
    expect(kept.list().map(({ name }) => name)).toEqual(["a"]);
    expect(listSessions(folder).map((session) => session.file)).toEqual([file]);
  });
});

test("a file is the same under every name that leads to it", () => {
  const [symbolic, hard] = [folder.file("symbolic"), folder.file("hard")];
  symlinkSync(file, symbolic);
  linkSync(file, hard);
  symlinkSync(folder.sessions, join(folder.sessions, "folder"));
  const others = [symbolic, hard, join(folder.sessions, "folder", "a.inspector")];
  expect(others.map((other) => isSameFile(file, other))).toEqual([true, true, true]);
  expect(isSameFile(file, folder.file("b"))).toBe(false);
  expect(realPath(join(folder.sessions, "folder", "new.inspector"))).toBe(
    join(realPath(folder.sessions), "new.inspector"),
  );
});
