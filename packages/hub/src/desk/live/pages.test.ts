import type { Intervention } from "@inspector/contract/intervention";
import type { SessionInfo } from "@inspector/contract/page";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { indexInTurns } from "../../../testing/index-in-turns.ts";
import { type SessionWriting, writeSession } from "../../../testing/recorded-session.ts";
import {
  type Folder,
  type Listener,
  makeFolder,
  type ServedSessions,
  serve,
} from "../../../testing/served-sessions.ts";

const HOST = 0;
const WORKER = 1;
const LOG = 2;
const REQUEST = 4;
const RESPONSE = 5;
const PATH = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";

let folder: Folder;
let writing: SessionWriting;
let served: ServedSessions;
let page: Listener;
let stream: number;
let at = 0;

beforeEach(async () => {
  folder = makeFolder();
  writing = writeSession(folder.file("a"));
  writing.batch((writer) => {
    const relay = writer.relay("r", { segment: 0, offset: 0, seq: 0 });
    stream = writer.stream(writer.connection(relay.id, 1, 0), 1, PATH, 0, "{}");
  });
  served = await serve(folder, folder.file("a"));
  page = await served.listen();
});

afterEach(async () => {
  page.close();
  await served.close();
  writing.close();
  folder.remove();
});

type Said = {
  readonly invocationId?: string;
  readonly status?: number;
  readonly level?: number;
  readonly text?: string;
};

/** One batch of messages; the hub is told as the ingest tells it. */
function say(...messages: readonly (readonly [kind: number, said?: Said])[]): void {
  writing.batch((writer) => {
    for (const [kind, said = {}] of messages) {
      at += 1e6;
      const side = kind === REQUEST ? HOST : WORKER;
      writer.message({ at, stream, side, kind, size: 10, flags: 0, body: 0, ...said });
    }
  });
  served.recorded();
}

async function sessionOf({ ask }: ServedSessions): Promise<SessionInfo> {
  return (await ask("/api/session")).json as SessionInfo;
}

const isColumn = (view: number, expected: readonly number[]) => (told: { column(view: number): number[] }) =>
  JSON.stringify(told.column(view)) === JSON.stringify(expected) || undefined;

describe("a view of messages", () => {
  test("gives what there is, then what comes, each once and in order", async () => {
    say([LOG], [LOG]);
    page.subscribe(1, "", "messages");
    await page.until(isColumn(1, [1, 2]));
    say([LOG]);
    await page.until(isColumn(1, [1, 2, 3]));
    const given = await page.until(({ frames }) => frames.flatMap(([, , hits = 0, ...ids]) => ids.slice(0, hits)));
    expect(given).toEqual([1, 2, 3]);
  });

  test("says how far it has looked though nothing matches, and goes on from there", async () => {
    say([LOG], [LOG]);
    page.subscribe(1, "kind:invocation_request", "messages");
    expect(await page.until(({ frames }) => frames[0])).toEqual([1, 2, 0]);
    say([REQUEST, { invocationId: "i" }]);
    expect(await page.until(({ frames }) => frames[1])).toEqual([1, 3, 1, 3]);
    page.subscribe(2, "", "messages", 2);
    expect(await page.until(({ frames }) => frames[2])).toEqual([2, 3, 1, 3]);
  });
});

/** Marks a message that is recorded, as the ingest does when a relay says what became of it. */
function mark(seq: number, intervention: Intervention): void {
  writing.batch((writer) => writer.mark(seq, intervention));
  served.recorded([seq]);
}

describe("a message that is marked behind its time", () => {
  test("comes into the views of messages that it belongs to now, at its place, and leaves those that it does not", async () => {
    say([REQUEST, { invocationId: "i" }], [REQUEST, { invocationId: "j" }], [REQUEST, { invocationId: "k" }]);
    page.subscribe(1, "is:held", "messages");
    page.subscribe(2, "is:edited", "messages");
    page.subscribe(3, "-is:edited", "messages");
    page.subscribe(4, "", "messages");
    await page.until(isColumn(3, [1, 2, 3]));
    await page.until(isColumn(4, [1, 2, 3]));
    mark(3, "held");
    await page.until(isColumn(1, [3]));
    mark(2, "held");
    await page.until(isColumn(1, [2, 3]));
    mark(2, "replaced");
    await page.until(isColumn(2, [2]));
    await page.until(isColumn(3, [1, 3]));
    say([REQUEST, { invocationId: "l" }]);
    await page.until(isColumn(3, [1, 3, 4]));
    await page.until(isColumn(4, [1, 2, 3, 4]));
    const frames = await page.until(({ frames: all }) => all.filter(([view]) => view === 4));
    expect(frames).toEqual([
      [4, 3, 3, 1, 2, 3],
      [4, 4, 1, 4],
    ]);
  });

  test("takes its invocation with it", async () => {
    say([REQUEST, { invocationId: "i" }], [REQUEST, { invocationId: "j" }]);
    page.subscribe(1, "is:held", "invocations");
    page.subscribe(2, "-is:held", "invocations");
    await page.until(isColumn(2, [1, 2]));
    mark(1, "held");
    await page.until(isColumn(1, [1]));
    expect(await page.until(isColumn(2, [2]))).toBe(true);
  });

  test("is told of to a view that is resumed", async () => {
    say([REQUEST, { invocationId: "i" }], [REQUEST, { invocationId: "j" }]);
    writing.batch((writer) => writer.mark(1, "held"));
    page.subscribe(1, "is:held", "messages", 2);
    page.subscribe(2, "-is:held", "messages", 2);
    page.subscribe(3, "is:held", "invocations", 2);
    await page.until(({ frames }) => (frames.length === 3 ? true : undefined));
    expect(await page.until(({ frames }) => frames)).toEqual([
      [1, 2, 1, 1],
      [2, 2, 0, 1],
      [3, 2, 1, 1],
    ]);
  });
});

describe("views of the log", () => {
  test("logs are messages, and lines come with their places among them", async () => {
    say([REQUEST, { invocationId: "i" }], [LOG, { text: "log" }]);
    page.subscribe(1, "", "logs");
    page.subscribe(2, "category:stderr", "lines");
    await page.until(isColumn(1, [2]));
    expect(await page.until(({ frames }) => frames.find(([view]) => view === 2))).toEqual([2, 0, 0]);
    writing.batch((writer) =>
      writer.event(at + 1, 1, undefined, 2, "process-output", { stream: "stderr", text: "said" }),
    );
    say([LOG]);
    await page.until(isColumn(1, [2, 3]));
    const LINE = 2;
    expect(await page.until(({ frames }) => frames.find(([view, , count]) => view === 2 && count !== 0))).toEqual([
      ...[2, 1, 2],
      ...[LINE, 3],
    ]);
    expect((await served.ask("/api/lines?numbers=2,99")).json).toEqual({
      rows: [{ number: LINE, at: expect.any(Number), category: "stderr", text: "said" }],
    });
  });
});

describe("a view of invocations", () => {
  test("tells of a row again when it is answered", async () => {
    say([REQUEST, { invocationId: "i" }]);
    page.subscribe(1, "", "invocations");
    expect(await page.until(({ frames }) => frames[0])).toEqual([1, 1, 1, 1]);
    say([LOG, { invocationId: "i" }], [RESPONSE, { invocationId: "i", status: 1 }]);
    expect(await page.until(({ frames }) => frames[1])).toEqual([1, 3, 1, 1]);
  });

  test("says which rows do not match any more, and which do now", async () => {
    say([REQUEST, { invocationId: "i" }], [REQUEST, { invocationId: "j" }]);
    page.subscribe(1, "is:inflight", "invocations");
    page.subscribe(2, "status:failed OR level:error", "invocations");
    await page.until(isColumn(1, [1, 2]));
    await page.until(isColumn(2, []));
    say([RESPONSE, { invocationId: "i", status: 1 }], [LOG, { invocationId: "j", level: 4 }]);
    await page.until(isColumn(1, [2]));
    expect(await page.until(isColumn(2, [2]))).toBe(true);
  });

  test("tells of what waited when its stream ends, though no message says so", async () => {
    say(
      [REQUEST, { invocationId: "i" }],
      [REQUEST, { invocationId: "j" }],
      [RESPONSE, { invocationId: "j", status: 1 }],
    );
    page.subscribe(1, "is:lost", "invocations");
    page.subscribe(2, "is:inflight", "invocations");
    await page.until(isColumn(2, [1]));
    writing.batch((writer) => writer.updateStream(stream, { ended_at: at }));
    served.recorded();
    await page.until(isColumn(1, [1]));
    expect(await page.until(isColumn(2, []))).toBe(true);
  });

  test("resumed, tells of what changed meanwhile and of streams that ended meanwhile", async () => {
    say([REQUEST, { invocationId: "i" }], [REQUEST, { invocationId: "j" }], [REQUEST, { invocationId: "k" }]);
    say([RESPONSE, { invocationId: "j", status: 1 }]);
    writing.batch((writer) => writer.updateStream(stream, { ended_at: at }));
    page.subscribe(1, "", "invocations", 3);
    expect(await page.until(({ frames }) => frames[0])).toEqual([1, 4, 3, 1, 2, 3]);
  });

  test("has the steps of a worker's start among its rows, and tells when they go on", async () => {
    const INIT_REQUEST = 17;
    const INIT_RESPONSE = 16;
    say([20], [REQUEST, { invocationId: "i" }]);
    page.subscribe(1, "", "invocations");
    await page.until(isColumn(1, [1, 2]));
    writing.batch((writer) => {
      const facts = { at, stream, size: 1, flags: 0, body: 0 };
      writer.message({ ...facts, side: HOST, kind: INIT_REQUEST });
    });
    served.recorded();
    await page.until(isColumn(1, [1, 2, 3]));
    say([INIT_RESPONSE, { status: 0, text: "no module" }]);
    expect(await page.until(({ frames }) => frames[2])).toEqual([1, 4, 1, 3]);
    const answer = await served.ask("/api/invocations?ids=3");
    expect(answer.json).toMatchObject({ rows: [{ type: "step", step: "init", state: "failed", text: "no module" }] });
  });
});

test("a filter that cannot be read is said to be so, and the view is gone", async () => {
  page.subscribe(7, "kind:(", "messages");
  expect(await page.until(({ messages }) => messages.find(({ type }) => type === "invalid-filter"))).toMatchObject({
    view: 7,
    offset: expect.any(Number),
  });
});

test("what is no message of the contract is passed over", async () => {
  for (const text of [
    "",
    "{",
    "null",
    '{"type":"subscribe"}',
    '{"type":"subscribe","view":-1,"filter":"","after":0}',
  ]) {
    page.send(text);
  }
  page.subscribe(1, "", "messages");
  expect(await page.until(({ frames }) => frames[0])).toEqual([1, 0, 0]);
});

test("free text waits for the index of a session that grows, and misses nothing", async () => {
  writing.addRecording("node/failing-load");
  const indexed = await serve(folder, folder.file("a"), { startIndexing: indexInTurns });
  const listener = await indexed.listen();
  // In an exception's stack trace, of which no row shows anything.
  listener.subscribe(1, "asyncRunEntryPoint OR _compile", "messages");
  listener.subscribe(2, "-_compile", "messages");
  const { last } = await sessionOf(indexed);
  await listener.until(({ frames }) => frames.some(([view, cursor]) => view === 2 && cursor === last) || undefined);
  const found = await listener.until(({ column }) => [column(1), column(2)] as const);
  const stack = (
    await Promise.all(Array.from({ length: last }, (_, n) => served.ask(`/api/messages/${n + 1}`)))
  ).flatMap((answer, n) => (/_compile/iu.test(answer.body.toString()) ? [n + 1] : []));
  expect(stack.length).toBeGreaterThan(0);
  expect(found[0]).toEqual(expect.arrayContaining(stack));
  expect(found[1]).toEqual(Array.from({ length: last }, (_, n) => n + 1).filter((seq) => !stack.includes(seq)));
  await expect.poll(() => sessionOf(indexed)).toMatchObject({ indexed: last, indexedFrom: 1 });
  writing.addRecording("node/small-chunks", 10e9);
  indexed.recorded();
  const { last: grown } = await sessionOf(indexed);
  await listener.until(({ frames }) => frames.some(([view, cursor]) => view === 2 && cursor === grown) || undefined);
  listener.close();
  await indexed.close();
});
