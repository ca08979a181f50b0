import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isCopying } from "@inspector/contract/shared-memory";
import { detailOf } from "@inspector/reader/detail";
import { createQueries } from "@inspector/session/queries";
import { MAP_HEADER_BYTES } from "@inspector/session/shared-memory";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ingestAll } from "../../testing/ingest-all.ts";
import { type ScriptedRelay, startScriptedRelay } from "../../testing/scripted-relay.ts";
import { type Folder, makeFolder } from "../../testing/served-sessions.ts";
import { decompress } from "../decompress.ts";
import { openForReading } from "../sqlite.ts";

const MIB = 1024 * 1024;

let folder: Folder;
let relay: ScriptedRelay;
let file: string;
let linkFolder: string;
let links: number;

beforeEach(async () => {
  folder = makeFolder();
  file = join(folder.sessions, "one.inspector");
  linkFolder = join(folder.sessions, "inspector-j1");
  mkdirSync(linkFolder);
  links = 0;
  relay = await startScriptedRelay(folder.journals, file, [linkFolder]);
  relay.open(1);
});

afterEach(async () => {
  await relay.end();
  folder.remove();
});

function say(...names: readonly string[]): void {
  const outputData = names.map((name) => ({ name: "out", rpcSharedMemory: { name, count: "3", type: "bytes" } }));
  relay.say(1, "worker", { invocationResponse: { invocationId: "a", outputData } });
}

/** A link as the relay makes one, and that it did. */
function link(name: string, content: Uint8Array, message = 1): string {
  const path = join(linkFolder, `${links + 1}`);
  writeFileSync(path, Buffer.concat([Buffer.alloc(MAP_HEADER_BYTES, 1), content]));
  const size = content.length + MAP_HEADER_BYTES;
  links += 1;
  relay.event(1, { type: "shared-memory", stream: 1, direction: "to-host", message, name, links, file: path, size });
  return path;
}

function found(seq: number, name: string) {
  const database = openForReading(file);
  const queries = createQueries(database);
  const map = queries.sharedMemory.find(seq, name);
  const content = map && Buffer.from(queries.bodyBytes(map.body, 0, Number.MAX_SAFE_INTEGER));
  database.close();
  return map && { ...map, content };
}

function bytesOfSize(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 12)) & 0xff));
}

test("a copy that becomes whole while its message is opened is told to be on its way, not left out", () => {
  link("large", new Uint8Array(9 * MIB));
  link("m", Buffer.from("abc"));
  say("large", "m");
  ingestAll(folder, file, 1);
  const database = openForReading(file);
  const queries = createQueries(database);
  const { find } = queries.sharedMemory;
  const sharedMemory = {
    ...queries.sharedMemory,
    find(...asked: Parameters<typeof find>) {
      const map = find(...asked);
      if (asked[1] === "m") {
        ingestAll(folder, file);
      }
      return map;
    },
  };
  const during = detailOf({ queries: { ...queries, sharedMemory }, decompress }, 1, true);
  const after = detailOf({ queries, decompress }, 1, true);
  database.close();
  expect(during?.memory?.map(isCopying)).toEqual([true]);
  expect(after).not.toHaveProperty("memory");
});

test.each([0, 1, MIB - 1, MIB, MIB + 1, 9 * MIB + 5])(
  "a map of %i bytes is copied, and its link taken away",
  (size) => {
    const content = bytesOfSize(size);
    const path = link("m", content);
    say("m");
    ingestAll(folder, file);
    const map = found(1, "m");
    expect(map).toMatchObject({ size, stored: size });
    expect(map?.content?.equals(content)).toBe(true);
    expect(map).not.toHaveProperty("problem");
    expect(existsSync(path)).toBe(false);
  },
);

test("a hub that ends after any batch leaves the rest to the next", () => {
  const content = bytesOfSize(30 * MIB);
  const path = link("m", content);
  say("m");
  let batches = 0;
  while (existsSync(path)) {
    ingestAll(folder, file, 1);
    batches += 1;
  }
  expect(batches).toBeGreaterThan(3);
  expect(found(1, "m")?.content?.equals(content)).toBe(true);
});

test("a link that went before that was written down is no fault", () => {
  const path = link("m", bytesOfSize(20));
  say("m");
  ingestAll(folder, file, 1);
  rmSync(path, { force: true });
  ingestAll(folder, file);
  expect(found(1, "m")).toMatchObject({ size: 20, stored: 20 });
  expect(found(1, "m")).not.toHaveProperty("problem");
});

test("of maps of one name every message has its own, however late it is complete", () => {
  relay.event(1, {
    type: "shared-memory",
    stream: 1,
    direction: "to-host",
    message: 2,
    name: "m",
    links,
    problem: "early",
  });
  say("m");
  const first = link("m", Buffer.from("one"), 1);
  ingestAll(folder, file);
  expect(existsSync(first)).toBe(false);
  say("m");
  say("m");
  link("m", Buffer.from("three"), 3);
  ingestAll(folder, file);
  expect(found(1, "m")?.content?.toString()).toBe("one");
  expect(found(2, "m")).toMatchObject({ problem: "early", size: 0 });
  expect(found(3, "m")?.content?.toString()).toBe("three");
});

test("what was named of a message that was lost in a gap does not belong to the one behind the gap", () => {
  link("m", Buffer.from("of the lost one"));
  const here = { payloadLeft: 0, header: [] };
  relay.event(0, { type: "gap", positions: [{ connection: 1, worker: here, host: here }] });
  link("m", Buffer.from("of the next"), 2);
  say("m");
  ingestAll(folder, file);
  expect(found(1, "m")?.content?.toString()).toBe("of the next");
});

test("links that were never told of, or for a stream that is not known, are taken away with the next", () => {
  const lost = join(linkFolder, "1");
  writeFileSync(lost, "lost in a gap");
  links = 1;
  say("m");
  const unknown = join(linkFolder, "2");
  writeFileSync(unknown, "of a stream whose beginning is lost");
  const named = { type: "shared-memory", direction: "to-host", message: 1, name: "m" } as const;
  relay.event(1, { ...named, stream: 99, links: 2, file: unknown, size: 20 });
  const later = join(linkFolder, "4");
  writeFileSync(later, "about to be told of");
  relay.event(1, { ...named, stream: 1, links: 3, problem: "too much is in use" });
  ingestAll(folder, file);
  expect(readdirSync(linkFolder)).toEqual(["4"]);
});

test("a session that names files which no relay linked has them neither read nor removed", () => {
  say("m");
  const path = join(folder.sessions, "secret");
  writeFileSync(path, "a secret of somebody");
  relay.event(1, {
    type: "shared-memory",
    stream: 1,
    direction: "to-host",
    message: 1,
    name: "m",
    links,
    file: path,
    size: 20,
  });
  ingestAll(folder, file);
  expect(found(1, "m")).toMatchObject({ stored: 0, problem: "the copy is gone" });
  expect(existsSync(path)).toBe(true);
});

test("what cannot be copied says why, and what can is copied behind it", () => {
  rmSync(link("gone", Buffer.from("x")));
  const short = link("short", Buffer.from("12345"));
  writeFileSync(short, Buffer.alloc(MAP_HEADER_BYTES + 2, 7));
  link("whole", Buffer.from("all of it"));
  say("gone", "short", "whole");
  ingestAll(folder, file);
  expect(found(1, "gone")).toMatchObject({ stored: 0, problem: "the copy is gone" });
  expect(found(1, "short")).toMatchObject({ size: 5, stored: 2, problem: "its file ends after 2 bytes" });
  expect(found(1, "whole")?.content?.toString()).toBe("all of it");
  expect(readdirSync(linkFolder)).toEqual([]);
});
