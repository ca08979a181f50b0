import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { http2Writer } from "@inspector/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JournalEvent } from "../journal.ts";
import type { Watch } from "../pump.ts";
import { captureSharedMemory } from "./capture.ts";
import { type MapFolder, mapFolders, removeLinks } from "./folders.ts";

const { data, grpcMessage, headers, preface, settings } = http2Writer;

let root: string;
let folders: MapFolder[];
let events: JournalEvent[];
let capture: Watch | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "shared-memory-"));
  folders = mapFolders("one", { FUNCTIONS_UNIX_SHARED_MEMORY_DIRECTORIES: `${join(root, "none")}, ${root}` });
  mkdirSync(join(root, "AzureFunctions"));
  events = [];
  capture = undefined;
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function putMap(name: string, content: string): string {
  const file = join(root, "AzureFunctions", name);
  writeFileSync(file, content);
  return file;
}

/** Lets a response that names these maps pass. */
function pass(...names: readonly string[]): void {
  capture ??= captureSharedMemory({ event: (event) => void events.push(event) }, folders);
  const look = capture(7);
  const outputData = names.map((name) => ({
    name: "out",
    rpcData: { case: "rpcSharedMemory" as const, value: { name, count: 1n } },
  }));
  const message = encodeMessage(
    create(StreamingMessageSchema, { content: { case: "invocationResponse", value: { outputData } } }),
  );
  const bytes = Buffer.concat([preface, settings(), headers(1, []), data(1, grpcMessage(message))]);
  look?.("worker", bytes, bytes.length);
}

test("what a message names is kept when its owner frees it at once", () => {
  const map = putMap("m-1", "the content");
  pass("m-1");
  rmSync(map);
  expect(events).toMatchObject([{ type: "shared-memory", direction: "to-host", message: 1, name: "m-1", size: 11 }]);
  expect(readFileSync(String(events[0]?.["file"]), "utf8")).toBe("the content");
  expect(lstatSync(join(root, "inspector-one")).mode & 0o777).toBe(0o700);
  removeLinks(folders.map(({ links }) => links));
  expect(existsSync(join(root, "inspector-one"))).toBe(false);
});

test("a map that is not there is said not to be", () => {
  pass("gone");
  expect(events).toMatchObject([{ name: "gone", problem: expect.stringContaining("no such map") }]);
});

test("a name cannot lead out of the folder", () => {
  writeFileSync(join(root, "secret"), "secret");
  pass("../secret", "..", "sub/../../secret");
  expect(events.map(({ problem }) => problem)).toEqual(Array(3).fill(expect.stringContaining("no such map")));
});

test("neither a link to another file nor a folder is taken for a map", () => {
  writeFileSync(join(root, "secret"), "secret");
  symlinkSync(join(root, "secret"), join(root, "AzureFunctions", "m"));
  mkdirSync(join(root, "AzureFunctions", "d"));
  pass("m", "d");
  expect(events.map(({ problem }) => problem)).toEqual(["it is no file", "it is no file"]);
});

test("what would keep too much memory in use is left to its owner", () => {
  const map = putMap("large", "");
  // A hole takes no room.
  truncateSync(map, 3e12);
  pass("large");
  expect(events).toMatchObject([{ name: "large", problem: expect.stringContaining("too much") }]);
  expect(existsSync(map)).toBe(true);
});

test("what was copied meanwhile makes room for more", () => {
  const size = 200 * 1024 * 1024;
  const { blocks, bsize } = statfsSync(root);
  const fit = Math.floor(Math.min(512 * 1024 * 1024, (blocks * bsize) / 4) / size);
  for (let n = 0; n <= fit; n += 1) {
    truncateSync(putMap(`m-${n}`, ""), size);
  }
  pass(...Array.from({ length: fit + 1 }, (_, n) => `m-${n}`));
  expect(events.filter((event) => "problem" in event)).toHaveLength(1);
  expect(events.map(({ links }) => links)).toEqual([...Array(fit).keys()].map((n) => n + 1).concat(fit));
  removeLinks(folders.map(({ links }) => links));
  mkdirSync(join(root, "inspector-one"));
  pass("m-0");
  expect(events.at(-1)).toMatchObject({ name: "m-0", size });
});

test("without a folder of maps nothing is looked at", () => {
  rmSync(join(root, "AzureFunctions"), { recursive: true });
  pass("m");
  expect(events).toEqual([]);
});
