/**
 * How fast the hub's ingest catches up by itself: `node session.mjs ingest FOLDER [MESSAGES]` lays down a journal and brings all of it into
 * a session. Processor time hardly depends on what else runs on the machine.
 */
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createSessionIngest } from "@inspector/hub/ingest/session-ingest";
import { openForWriting } from "@inspector/hub/sqlite";
import * as http2Writer from "@inspector/testkit/http2-writer";
import {
  encodeSegmentHeader,
  frameRecord,
  RECORD_BYTES,
  RECORD_EVENT,
  RECORD_HEADER_BYTES,
  RECORD_OVERHEAD_BYTES,
  SIDE_HOST,
  SIDE_RELAY,
  SIDE_WORKER,
} from "@inspector/wire/journal";
import { type Sent, traffic } from "./traffic.ts";

const { data, grpcMessage, headerBlock, headersOf, preface, settings, settingsAck } = http2Writer;

const PER_SECOND = 5000;
/** Messages that are read from a socket at once, at most. */
const IN_CHUNK = 32;
const WORKERS = [1, 2];
const SIDES = { host: SIDE_HOST, worker: SIDE_WORKER } as const;

/** @param folder is made, and removed afterwards */
export function measureIngest(folder: string, count: number): void {
  const journals = join(folder, "journals");
  const session = join(folder, "session.inspector");
  mkdirSync(folder);
  try {
    writeJournal(join(journals, "generated"), session, traffic(count, PER_SECOND));
    const database = openForWriting(session);
    const ingest = createSessionIngest({ database, file: session, journals, version: "0", maxBytes: undefined });
    const [began, processor] = [performance.now(), process.cpuUsage()];
    while (ingest.step()) {}
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(processor);
    const { last } = ingest.progress;
    ingest.close();
    database.close();
    const perSecond = (of: number): string => Math.round(last / of).toLocaleString("en-US");
    const memory = (process.resourceUsage().maxRSS / 1024).toFixed(0);
    process.stdout.write(
      `${last} messages: ${perSecond((user + system) / 1e6)} in a second of processor time, ${perSecond(seconds)} in one of the clock; peak ${memory} MiB\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A journal of one segment, as two connections of a relay that is gone left it. */
function writeJournal(directory: string, session: string, sent: Iterable<Sent>): void {
  mkdirSync(directory, { recursive: true });
  const description = { session, control: join(directory, "nobody.sock"), startedAt: 1_000_000 };
  writeFileSync(join(directory, "journal.json"), JSON.stringify(description));
  const fd = openSync(join(directory, "00000001.segment"), "w");
  writeSync(fd, encodeSegmentHeader({ number: 1, firstSeq: 1 }));
  let seq = 0;
  const record = (kind: number, side: number, connection: number, at: number, payload: Uint8Array): void => {
    seq += 1;
    const bytes = new Uint8Array(payload.length + RECORD_OVERHEAD_BYTES);
    bytes.set(payload, RECORD_HEADER_BYTES);
    frameRecord(new DataView(bytes.buffer), 0, payload.length, kind, side, connection, at, seq);
    writeSync(fd, bytes);
  };
  const event = (connection: number, value: unknown): void =>
    record(RECORD_EVENT, SIDE_RELAY, connection, 0, Buffer.from(JSON.stringify(value)));

  event(0, { type: "relay-started", startedAt: 1_000_000, listen: "127.0.0.1:1", upstream: "127.0.0.1:2" });
  for (const worker of WORKERS) {
    event(worker, { type: "opened" });
    record(RECORD_BYTES, SIDE_WORKER, worker, 0, OPENING.worker);
    record(RECORD_BYTES, SIDE_HOST, worker, 0, OPENING.host);
  }
  for (const chunk of chunksOf(sent)) {
    const [{ at, worker, from }] = chunk;
    record(RECORD_BYTES, SIDES[from], worker, at, Buffer.concat(chunk.map(({ bytes }) => data(1, grpcMessage(bytes)))));
  }
  event(0, { type: "relay-ended" });
  closeSync(fd);
}

const OPENING = {
  worker: Buffer.concat([
    preface,
    settings(),
    headersOf(
      1,
      headerBlock([
        [":method", "POST"],
        [":scheme", "http"],
        [":path", "/AzureFunctionsRpcMessages.FunctionRpc/EventStream"],
        ["content-type", "application/grpc"],
      ]),
    ),
  ]),
  host: Buffer.concat([
    settings(),
    settingsAck(),
    headersOf(
      1,
      headerBlock([
        [":status", "200"],
        ["content-type", "application/grpc"],
      ]),
    ),
  ]),
};

/** What one side says behind each other comes in one chunk. */
function* chunksOf(sent: Iterable<Sent>): Generator<readonly [Sent, ...Sent[]]> {
  let chunk: [Sent, ...Sent[]] | undefined;
  for (const one of sent) {
    const isNext = chunk?.[0].worker === one.worker && chunk[0].from === one.from && chunk.length < IN_CHUNK;
    if (chunk !== undefined && isNext) {
      chunk.push(one);
      continue;
    }
    if (chunk !== undefined) {
      yield chunk;
    }
    chunk = [one];
  }
  if (chunk !== undefined) {
    yield chunk;
  }
}
