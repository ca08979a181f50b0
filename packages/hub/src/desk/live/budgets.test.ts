import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SessionInfo } from "@inspector/contract/page";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { readHere } from "../../../testing/reader-here.ts";
import { type SessionWriting, writeSession } from "../../../testing/recorded-session.ts";
import {
  type Folder,
  type Listener,
  makeFolder,
  type ServedSessions,
  serve,
  TOKEN,
} from "../../../testing/served-sessions.ts";
import type { FromReader } from "../../reader/lines.ts";
import { type StartReader, startThreads } from "../reader/start-reader.ts";
import { MAX_PAGES, MAX_VIEWS } from "./pages.ts";

const LOG = 2;
const PATH = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";

let folder: Folder;
let writing: SessionWriting;
let served: ServedSessions;
let stream: number;
/** Everything that readers said. */
let said: FromReader[];

/** A reader in this thread, whose words are kept. */
const start: StartReader = (options, { onMessage, onDied }) =>
  readHere()(options, {
    onMessage(message) {
      said.push(message);
      onMessage(message);
    },
    onDied,
  });

beforeEach(async () => {
  folder = makeFolder();
  said = [];
  writing = writeSession(folder.file("a"));
  writing.batch((writer) => {
    const relay = writer.relay("r", { segment: 0, offset: 0, seq: 0 });
    stream = writer.stream(writer.connection(relay.id, 1, 0), 1, PATH, 0, "{}");
  });
  served = await serve(folder, folder.file("a"), { startReader: start });
});

afterEach(async () => {
  await served.close();
  writing.close();
  folder.remove();
});

function log(): void {
  writing.batch((writer) => {
    writer.message({ at: 1, stream, side: 1, kind: LOG, size: 10, flags: 0, body: 0 });
  });
  served.recorded();
}

const columnOf = (page: Listener, view: number): Promise<number[]> =>
  page.until(({ column }) => (column(view).length > 0 ? column(view) : undefined));

const frames = (): FromReader[] => said.filter(({ type }) => type === "frame");

async function counts(): Promise<unknown> {
  return (await served.ask("/api/pages")).json;
}

describe("the same view of several pages", () => {
  test("is asked for once, wherever its pages came in", async () => {
    log();
    const pages: Listener[] = [];
    for (let n = 0; n < 6; n += 1) {
      const page = await served.listen();
      pages.push(page);
      page.subscribe(1, "kind:rpc_log", "messages");
      page.subscribe(2, "kind:rpc_log", "invocations");
      expect(await columnOf(page, 1)).toEqual([1]);
      await page.until(({ frames: told }) => told.find(([view]) => view === 2));
    }
    const before = frames().length;
    log();
    for (const page of pages) {
      expect(await page.until(({ column }) => (column(1).length === 2 ? column(1) : undefined))).toEqual([1, 2]);
    }
    // One of the view of messages; that of invocations has been looked at, too.
    await expect.poll(() => frames().length).toBe(before + 2);
    expect(await counts()).toMatchObject({ pages: 6, views: 12 });
  });

  test("goes on for those that stay when others leave", async () => {
    const [first, second] = [await served.listen(), await served.listen()];
    for (const page of [first, second]) {
      page.subscribe(1, "kind:rpc_log", "messages");
    }
    log();
    await Promise.all([columnOf(first, 1), columnOf(second, 1)]);
    first.close();
    await expect.poll(counts).toMatchObject({ pages: 1, views: 1 });
    log();
    expect(await second.until(({ column }) => (column(1).length === 2 ? column(1) : undefined))).toEqual([1, 2]);
  });
});

describe("limits", () => {
  test("a page more than may listen is told so, and comes in when one has left", async () => {
    const pages = await Promise.all(Array.from({ length: MAX_PAGES }, () => served.listen()));
    await expect.poll(counts).toMatchObject({ pages: MAX_PAGES, maxPages: MAX_PAGES });
    const refused = await served.listen();
    const told = await refused.until(({ messages }) => messages.find(({ type }) => type === "refused"));
    expect(told).toMatchObject({ message: expect.stringContaining(`${MAX_PAGES} pages`) });
    pages[0]?.close();
    await expect.poll(counts).toMatchObject({ pages: MAX_PAGES - 1 });
    const next = await served.listen();
    next.subscribe(1, "", "messages");
    expect(await next.until(({ frames: [frame] }) => frame)).toEqual([1, 0, 0]);
  });

  test("a view more than all pages may have is refused with the limit", async () => {
    const pages = await Promise.all(Array.from({ length: MAX_VIEWS / 32 + 1 }, () => served.listen()));
    for (const page of pages) {
      for (let view = 1; view <= 32; view += 1) {
        page.subscribe(view, "", "messages");
      }
    }
    const last = await Promise.race(
      pages.map((page) => page.until(({ messages }) => messages.find(({ type }) => type === "invalid-filter"))),
    );
    expect(last).toMatchObject({ message: expect.stringContaining(`${MAX_VIEWS} views`) });
    expect(await counts()).toMatchObject({ views: MAX_VIEWS });
  });

  test("a view more than a page has is refused with the limit", async () => {
    const page = await served.listen();
    for (let view = 1; view <= 33; view += 1) {
      page.subscribe(view, "", "messages");
    }
    const refused = await page.until(({ messages }) => messages.find(({ type }) => type === "invalid-filter"));
    expect(refused).toMatchObject({ view: 33, message: expect.stringContaining("32 of one page") });
    expect(await counts()).toMatchObject({ views: 32 });
  });

  test("a page that does not read is let go, and what waits for it with it", async () => {
    const page = await served.listen();
    const deaf = new WebSocket(`ws://127.0.0.1:${served.port}/api/live`, {
      headers: { authorization: `Bearer ${TOKEN}`, origin: served.origin },
    });
    await new Promise((resolve) => deaf.once("open", resolve));
    await expect.poll(counts).toMatchObject({ pages: 2 });
    deaf.pause();
    const seqs = Array.from({ length: 500_000 }, (_, n) => n);
    for (let n = 1; n <= 12; n += 1) {
      served.recorded(seqs);
      await page.until(({ messages }) => messages.filter(({ type }) => type === "marked").length >= n || undefined);
    }
    await expect.poll(counts, { timeout: 60_000 }).toMatchObject({ pages: 1 });
    log();
    page.subscribe(1, "", "messages");
    expect(await columnOf(page, 1)).toEqual([1]);
    deaf.terminate();
  });
});

describe("a search that never ends", () => {
  test("keeps nobody waiting, and is refused with its limit", async () => {
    const script = join(folder.root, "hangs.mjs");
    const loop = "Atomics.store(workerData.work, 1, -message.view); for (;;);";
    writeFileSync(
      script,
      `import { parentPort, workerData } from "node:worker_threads";
       parentPort.on("message", (message) => {
         if (message.type === "open-view") { ${loop} }
         if (message.type === "stop") { process.exit(0); }
       });`,
    );
    const hanging = await serve(folder, folder.file("a"), {
      startReader: (options, events) =>
        (options.role === "search" ? startThreads(pathToFileURL(script)) : start)(options, events),
      searchMs: 500,
    });
    const page = await hanging.listen();
    page.subscribe(1, "/(a+)+$/", "messages");
    page.subscribe(2, "", "messages");
    log();
    hanging.recorded();
    expect(await columnOf(page, 2)).toEqual([1]);
    expect(await hanging.ask("/api/messages?seqs=1")).toMatchObject({ status: 200 });
    const refused = await page.until(({ messages }) => messages.find(({ type }) => type === "invalid-filter"));
    expect(refused).toMatchObject({ view: 1, message: expect.stringContaining("longer than 0.5 s") });
    page.close();
    await hanging.close();
  });
});

describe("a session", () => {
  test("is told to a page once, and only its changes from then on", async () => {
    const page = await served.listen();
    const told = () => said.filter(({ type }) => type === "info" || type === "info-changed");
    await page.until(({ messages }) => messages.find(({ type }) => type === "session"));
    served.recorded();
    log();
    // Its size may be told of before.
    const changed = await page.until(({ messages }) =>
      messages.find((message) => message.type === "session-changed" && message.changes.last === 1),
    );
    expect(Object.keys(Object(changed).changes)).not.toContain("id");
    expect(told().map(({ type }) => type)).toEqual([
      "info",
      ...told()
        .slice(1)
        .map(() => "info-changed"),
    ]);
    const now: SessionInfo | undefined = (await served.ask("/api/session")).json as SessionInfo;
    expect(now).toMatchObject({ last: 1 });
  });
});
