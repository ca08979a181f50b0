/**
 * A process with both ends of a live session: the host's server and two workers, who exchange what session/traffic.ts
 * makes up. Prints the server's port, then takes a {@link PeersJob} at a time and answers each with `{ ok }`.
 */
import { type ClientHttp2Stream, connect, createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { grpcMessage } from "@inspector/testkit/http2-writer";
import { type Sent, traffic } from "../session/traffic.ts";

export type PeersJob =
  | { readonly do: "connect"; readonly port: number }
  /** As fast as they are taken. */
  | { readonly do: "send"; readonly messages: number }
  /** From now on, until another pace or 0. */
  | { readonly do: "pace"; readonly perSecond: number };

const PATH = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";
const WORKER = "x-worker";
const TICK_MS = 10;
const BATCH = 1000;
/** Made before they are needed, so that making them does not compete with the page for the processor. */
const READY_MESSAGES = 50_000;

type Stream = ServerHttp2Stream | ClientHttp2Stream;
type Batch = readonly Sent[];

const messages = traffic(Number.POSITIVE_INFINITY, 1000);
const ready: Sent[] = [];
const hosts = new Map<number, Stream>();
const workers = new Map<number, Stream>();
let pace: NodeJS.Timeout | undefined;

const server = createServer();
server.on("stream", (stream, headers) => {
  hosts.set(Number(headers[WORKER]), stream);
  stream.on("error", () => {});
  stream.respond({ ":status": 200, "content-type": "application/grpc" });
  stream.resume();
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});

async function connectWorker(port: number, worker: number): Promise<void> {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  const headers = { ":method": "POST", ":path": PATH, "content-type": "application/grpc", te: "trailers" };
  const stream = session.request({ ...headers, [WORKER]: String(worker) }, { endStream: false });
  workers.set(worker, stream);
  stream.resume();
  await new Promise((resolve, reject) => {
    stream.once("response", resolve);
    stream.once("error", reject);
  });
}

function take(count: number): Sent[] {
  const taken = ready.splice(0, count);
  while (taken.length < count) {
    const { value, done } = messages.next();
    if (done === true) {
      break;
    }
    taken.push(value);
  }
  return taken;
}

/** Writes what one side says in a batch, one write a worker; resolves when it has left. */
async function write(batch: Batch, from: Sent["from"]): Promise<void> {
  const streams = from === "host" ? hosts : workers;
  const writes = [...streams].map(async ([worker, stream]) => {
    const own = batch.filter((sent) => sent.from === from && sent.worker === worker);
    const bytes = Buffer.concat(own.map((sent) => grpcMessage(sent.bytes)));
    if (bytes.length === 0) {
      return;
    }
    await new Promise<void>((resolve, reject) => {
      stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  });
  await Promise.all(writes);
}

async function send(count: number): Promise<void> {
  for (let left = count; left > 0; left -= BATCH) {
    const batch = take(Math.min(left, BATCH));
    await write(batch, "host");
    await write(batch, "worker");
  }
}

function setPace(perSecond: number): void {
  clearInterval(pace);
  if (perSecond === 0) {
    return;
  }
  const began = performance.now();
  let sent = 0;
  // Workers answer a tick later, so that no answer overtakes its request on the other connection.
  let asked: Batch = [];
  pace = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
    const batch = take(due - sent);
    sent = due;
    const answers = asked;
    asked = batch;
    void Promise.all([write(batch, "host"), write(answers, "worker")]).catch(() => clearInterval(pace));
  }, TICK_MS);
}

async function run(job: PeersJob): Promise<void> {
  switch (job.do) {
    case "connect":
      for (const worker of [1, 2]) {
        await connectWorker(job.port, worker);
      }
      break;
    case "send":
      await send(job.messages);
      ready.push(...take(READY_MESSAGES));
      break;
    case "pace":
      setPace(job.perSecond);
      break;
  }
}

process.on("message", (job: PeersJob) => {
  run(job).then(
    () => process.send?.({ ok: true }),
    (error: unknown) => process.send?.({ ok: false, reason: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
