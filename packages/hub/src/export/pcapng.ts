/** Messages as a capture for Wireshark: framed anew as gRPC over HTTP/2, each stream on a TCP connection of its own. */
import { setImmediate as letSignalsIn } from "node:timers/promises";
import type { MessageRow, Side, StreamInfo } from "@inspector/contract/page";
import { frame, headerBlock } from "@inspector/ingest/http2-frames";
import {
  DEFAULT_MAX_FRAME_BYTES,
  FLAG_END_HEADERS,
  FLAG_END_STREAM,
  FRAME_DATA,
  FRAME_HEADERS,
  FRAME_SETTINGS,
  PREFACE,
} from "@inspector/wire/frames";
import { PREFIX_BYTES } from "@inspector/wire/grpc-prefix";
import type { ExportSource } from "./export-source.ts";
import { capturedPacket, captureHeader, type Endpoint, packet, TCP } from "./packets.ts";
import type { Sink } from "./sink.ts";

/** The port that the host has in a capture. */
export const HOST_PORT = 50_051;
const HOST: Endpoint = { address: [10, 0, 0, 1], port: HOST_PORT };
const FIRST_WORKER_PORT = 20_000;
const WORKER_PORTS = 20_000;
const PAGE = 200;

/** @returns how many messages; those without bytes are left out */
export async function writePcapng(output: Sink, source: ExportSource): Promise<number> {
  await output.write(captureHeader(`inspector ${source.by}`));
  const connections = new Map<number, Connection>();
  let count = 0;
  const seqs = source.queries.column(undefined, 0, Number.MAX_SAFE_INTEGER);
  for (let at = 0; at < seqs.length; at += PAGE) {
    for (const row of source.queries.messages(seqs.slice(at, at + PAGE)).rows) {
      const stream = source.queries.stream(row.stream);
      const message = messageOf(source, row);
      if (stream === undefined || message === undefined) {
        continue;
      }
      const connection = connections.get(row.stream) ?? new Connection(output, source, stream);
      connections.set(row.stream, connection);
      await connection.send(row.at, row.from, message);
      count += 1;
    }
    await letSignalsIn();
  }
  for (const connection of connections.values()) {
    await connection.end();
  }
  return count;
}

/** A message with its prefix; undefined where it is not there as a whole. */
function messageOf({ queries }: ExportSource, row: MessageRow): Uint8Array | undefined {
  const origin = queries.origin(row.seq);
  if (origin === undefined || row.isBodyDropped || row.isTruncated) {
    return undefined;
  }
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix[0] = row.isCompressed ? 1 : 0;
  prefix.writeUInt32BE(row.size, 1);
  return Buffer.concat([prefix, queries.bodyBytes(origin.body, 0, row.size)]);
}

/** A TCP connection with one HTTP/2 stream. States: new -> open by the first message -> ended by {@link Connection.end}. */
class Connection {
  readonly #output: Sink;
  readonly #source: ExportSource;
  readonly #stream: StreamInfo;
  readonly #worker: Endpoint;
  readonly #sent: Record<Side, number> = { worker: 0, host: 0 };
  #isOpen = false;
  #at = 0;

  constructor(output: Sink, source: ExportSource, stream: StreamInfo) {
    this.#output = output;
    this.#source = source;
    this.#stream = stream;
    const { id } = stream;
    const net = Math.floor(id / WORKER_PORTS);
    this.#worker = { address: [10, 1 + (net >> 8), net & 0xff, 2], port: FIRST_WORKER_PORT + (id % WORKER_PORTS) };
  }

  async send(at: number, from: Side, message: Uint8Array): Promise<void> {
    if (!this.#isOpen) {
      await this.#open(Math.min(this.#stream.openedAt, at));
    }
    this.#at = Math.max(this.#at, at);
    for (let start = 0; start < message.length; start += DEFAULT_MAX_FRAME_BYTES) {
      await this.#write(from, frame(FRAME_DATA, 0, 1, message.subarray(start, start + DEFAULT_MAX_FRAME_BYTES)));
    }
  }

  async end(): Promise<void> {
    const { end, endedAt } = this.#stream;
    if (endedAt === undefined) {
      return;
    }
    this.#at = Math.max(this.#at, endedAt);
    if (end?.how === "end") {
      const trailers = headerBlock([["grpc-status", String(end.grpcStatus ?? 0)]]);
      await this.#write("host", frame(FRAME_HEADERS, FLAG_END_HEADERS | FLAG_END_STREAM, 1, trailers));
    }
    await this.#write("host", new Uint8Array(), TCP.fin | TCP.ack);
    await this.#write("worker", new Uint8Array(), TCP.fin | TCP.ack);
  }

  async #open(at: number): Promise<void> {
    this.#isOpen = true;
    this.#at = at;
    await this.#write("worker", new Uint8Array(), TCP.syn);
    await this.#write("host", new Uint8Array(), TCP.syn | TCP.ack);
    const request = headerBlock([
      [":method", "POST"],
      [":scheme", "http"],
      [":path", this.#stream.path],
      [":authority", `10.0.0.1:${HOST_PORT}`],
      ["te", "trailers"],
      ["content-type", "application/grpc"],
    ]);
    const response = headerBlock([
      [":status", "200"],
      ["content-type", "application/grpc"],
    ]);
    await this.#write("worker", Buffer.concat([PREFACE, frame(FRAME_SETTINGS, 0, 0)]));
    await this.#write("host", frame(FRAME_SETTINGS, 0, 0));
    await this.#write("worker", frame(FRAME_HEADERS, FLAG_END_HEADERS, 1, request));
    await this.#write("host", frame(FRAME_HEADERS, FLAG_END_HEADERS, 1, response));
  }

  async #write(from: Side, payload: Uint8Array, flags: number = TCP.ack): Promise<void> {
    const other: Side = from === "host" ? "worker" : "host";
    const [sender, receiver] = from === "host" ? [HOST, this.#worker] : [this.#worker, HOST];
    const segment = {
      from: sender,
      to: receiver,
      sequence: this.#sent[from],
      acknowledged: (flags & TCP.ack) === 0 ? 0 : this.#sent[other],
      flags,
      payload,
    };
    await this.#output.write(capturedPacket(this.#source.unixNanos(this.#at), packet(segment)));
    // A SYN and a FIN count for one byte each.
    this.#sent[from] += payload.length + ((flags & (TCP.syn | TCP.fin)) === 0 ? 0 : 1);
  }
}
