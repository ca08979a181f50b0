import http2 from "node:http2";
import net from "node:net";
import { createTranscript, type TranscriptEntry } from "@inspector/testkit";
import { afterEach, expect, test } from "vitest";
import { createConversation } from "./conversation.ts";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const it of open.splice(0).reverse()) {
    it.close();
  }
});

function listen(server: net.Server | http2.Http2Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

/** Node's own HTTP/2 client and server with a byte relay between them, which decodes what it carries. */
async function connectThroughRelay(onStream: (stream: http2.ServerHttp2Stream) => void, settings: http2.Settings = {}) {
  const { events, entries } = createTranscript();
  const conversation = createConversation(events);
  const server = http2.createServer({ settings });
  server.on("stream", onStream);
  const serverPort = await listen(server);
  const relay = net.createServer((worker) => {
    const host = net.connect(serverPort, "127.0.0.1");
    worker.on("data", (bytes) => conversation.push("worker", bytes)).pipe(host);
    host.on("data", (bytes) => conversation.push("host", bytes)).pipe(worker);
    for (const socket of [worker, host]) {
      socket.on("error", () => socket.destroy());
    }
  });
  const client = http2.connect(`http://127.0.0.1:${await listen(relay)}`);
  open.push(server, relay, { close: () => client.destroy() });
  return { client, server, entries };
}

function request(client: http2.ClientHttp2Session, headers: http2.OutgoingHttpHeaders): Promise<void> {
  return new Promise((resolve, reject) => {
    client.request(headers).on("error", reject).on("close", resolve).resume().end();
  });
}

function unreadable(entries: readonly TranscriptEntry[]): readonly TranscriptEntry[] {
  return entries.filter(({ type }) => type === "unreadable");
}

test("headers of every printable character are read as Node's HTTP/2 stack wrote them", async () => {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(i + 32))
    .join("")
    .trim();
  const values = [printable, "0123456789".repeat(50), "aeiost".repeat(30), "ÿ".repeat(3), ""];
  const { client, entries } = await connectThroughRelay((stream) => {
    stream.respond({ ":status": 200, ...Object.fromEntries(values.map((value, i) => [`x-back-${i}`, value])) });
    stream.end();
  });
  for (let round = 0; round < 3; round++) {
    await request(client, { ":path": "/", ...Object.fromEntries(values.map((value, i) => [`x-${i}`, value])) });
  }
  expect(unreadable(entries)).toEqual([]);
  const opened = entries.filter((entry) => entry.type === "opened");
  expect(opened).toHaveLength(3);
  for (const { headers } of opened) {
    expect(headers).toEqual(expect.arrayContaining(values.map((value, i) => [`x-${i}`, value])));
  }
  const answers = entries.filter((entry) => entry.type === "headers");
  expect(answers).toHaveLength(3);
  for (const { headers } of answers) {
    expect(headers).toEqual(expect.arrayContaining(values.map((value, i) => [`x-back-${i}`, value])));
  }
});

test("the header table follows settings that change while calls are made", async () => {
  const { client, server, entries } = await connectThroughRelay((stream) => {
    stream.respond({ ":status": 200, "x-answer": `a value of ${stream.id}` });
    stream.end();
  });
  const session = new Promise<http2.ServerHttp2Session>((resolve) => server.once("session", resolve));
  const sizes = [4096, 0, 128, 65_536, 64, 4096];
  for (const [round, headerTableSize] of sizes.entries()) {
    for (let i = 0; i < 8; i++) {
      await request(client, { ":path": `/${round}/${i}`, [`x-${i % 5}`]: "v".repeat(round * 7 + 1) });
    }
    await Promise.all([
      new Promise<void>((resolve) => client.settings({ headerTableSize }, () => resolve())),
      session.then((it) => new Promise<void>((resolve) => it.settings({ headerTableSize }, () => resolve()))),
    ]);
  }
  expect(unreadable(entries)).toEqual([]);
  const paths = entries.filter((entry) => entry.type === "opened").map(({ path }) => path);
  expect(paths).toEqual(sizes.flatMap((_, round) => Array.from({ length: 8 }, (_, i) => `/${round}/${i}`)));
  const answers = entries.filter((entry) => entry.type === "headers").map(({ headers }) => headers.at(-1)?.[1] ?? "");
  expect(answers).toHaveLength(paths.length);
});

test("a header block of 60 KB comes as CONTINUATION frames and is read", async () => {
  const value = "long ".repeat(12_000);
  const { client, entries } = await connectThroughRelay(
    (stream) => {
      stream.respond({ ":status": 200 });
      stream.end();
    },
    { maxHeaderListSize: 100_000 },
  );
  await request(client, { ":path": "/", "x-long": value.trim() });
  expect(unreadable(entries)).toEqual([]);
  expect(entries[0]).toMatchObject({ type: "opened", headers: expect.arrayContaining([["x-long", value.trim()]]) });
});
