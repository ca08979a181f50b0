import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createJournal, type Journal } from "@inspector/relay/journal";
import { createReadBuffer } from "@inspector/relay/read-buffers";
import type { Database } from "@inspector/session/database";
import { createQueries } from "@inspector/session/queries";
import { loadRecording } from "@inspector/testkit";
import { SIDE_HOST, SIDE_WORKER } from "@inspector/wire/journal";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openForReading, openForWriting } from "../sqlite.ts";
import { createSessionIngest, type SessionIngest } from "./session-ingest.ts";
import { SessionLost } from "./session-watch.ts";

let folder: string;
let journal: Journal;
let file: string;
const open: (() => void)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ingest-"));
  file = join(folder, "one.inspector");
  const directory = join(folder, "journals", "j1");
  mkdirSync(directory, { recursive: true });
  const description = { session: file, control: join(directory, "nobody.sock"), startedAt: 1_000_000 };
  writeFileSync(join(directory, "journal.json"), JSON.stringify(description));
  journal = createJournal({ directory });
  journal.event({ type: "relay-started", startedAt: 1_000_000, listen: "127.0.0.1:1", upstream: "127.0.0.1:2" });
});

afterEach(() => {
  for (const close of open.splice(0)) {
    close();
  }
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

function startIngest(): SessionIngest {
  const database: Database = openForWriting(file);
  const ingest = createSessionIngest({
    database,
    file,
    journals: join(folder, "journals"),
    version: "0",
    maxBytes: undefined,
  });
  open.push(() => {
    ingest.close();
    database.close();
  });
  return ingest;
}

/** Writes a recorded conversation as a relay would have. */
function journalRecording(name: string): { seq: number; bytes: string }[] {
  const { chunks, messages } = loadRecording(name);
  for (const chunk of chunks) {
    if (chunk.bytes !== undefined) {
      const buffer = createReadBuffer(chunk.bytes.length);
      buffer.payload.set(chunk.bytes);
      journal.append(chunk.conn, chunk.from === "host" ? SIDE_HOST : SIDE_WORKER, buffer, chunk.bytes.length);
    } else if (chunk.event === "open") {
      journal.event({ type: "opened" }, chunk.conn, SIDE_WORKER);
    }
  }
  return messages.map(({ bytes }, index) => ({ seq: index + 1, bytes: Buffer.from(bytes).toString("base64") }));
}

function stored(): string[] {
  const database = openForReading(file);
  const queries = createQueries(database);
  const rows = queries.messagesAfter(0, 1000).rows;
  const bytes = rows.map(({ seq, size }) => {
    const body = queries.origin(seq)?.body ?? 0;
    return Buffer.from(queries.bodyBytes(body, 0, size)).toString("base64");
  });
  database.close();
  return bytes.sort();
}

test("a recorded conversation comes out of the journal as exactly its messages", () => {
  const messages = journalRecording("node/cancel");
  const ingest = startIngest();
  while (ingest.step()) {}
  expect(stored()).toEqual(messages.map(({ bytes }) => bytes).sort());
});

test("two who read the same journal at once store everything once: the later one begins anew", () => {
  const first = startIngest();
  const second = startIngest();
  first.step();
  second.step();
  const messages = journalRecording("node/cancel");
  expect(first.step()).toBe(true);
  expect(() => second.step()).toThrow("read on by another process");
  const third = startIngest();
  while (third.step()) {}
  expect(stored()).toEqual(messages.map(({ bytes }) => bytes).sort());
});

test("begun anew after every batch, the same rows stand there once", () => {
  const messages = journalRecording("node/undeclared-kinds");
  for (let isMore = true; isMore; ) {
    const ingest = startIngest();
    isMore = ingest.step();
    open.pop()?.();
  }
  expect(stored()).toEqual(messages.map(({ bytes }) => bytes).sort());
});

/** An ingest whose session is taken away at a commit of its next step: 1 for the first. */
function losingIngest(): SessionIngest & { loseAt(commit: number): void } {
  const database: Database = openForWriting(file);
  const journals = join(folder, "journals");
  const ingest = createSessionIngest({ database, file, journals, version: "0", maxBytes: undefined });
  open.push(() => {
    ingest.close();
    database.close();
  });
  let left = Number.POSITIVE_INFINITY;
  const exec = database.exec.bind(database);
  database.exec = (sql) => {
    exec(sql);
    left -= sql === "COMMIT" ? 1 : 0;
    if (left === 0) {
      rmSync(file, { force: true });
    }
  };
  return Object.assign(ingest, {
    loseAt(commit: number) {
      left = commit;
    },
  });
}

test("a batch during which the session is taken away is not told to be committed", () => {
  journalRecording("node/cancel");
  const ingest = losingIngest();
  // The first is that of the journal's row.
  ingest.loseAt(2);
  expect(() => ingest.step()).toThrow(SessionLost);
});

test("a journal stays whose session is taken away while the last of it is brought in", async () => {
  journalRecording("node/cancel");
  const ingest = losingIngest();
  ingest.step();
  await expect
    .poll(() => {
      // The second of a step that reads nothing says that the relay is gone.
      ingest.loseAt(2);
      try {
        ingest.step();
        return undefined;
      } catch (error) {
        return error;
      }
    })
    .toBeInstanceOf(SessionLost);
  expect(existsSync(join(folder, "journals", "j1", "journal.json"))).toBe(true);
});
