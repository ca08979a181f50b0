import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Side } from "@inspector/wire/frames";

/** One thing that a byte relay saw on a connection: bytes as they were read, or what became of a socket. */
export type RecordedChunk = {
  /** Nanoseconds since the recording began. */
  readonly at: number;
  readonly conn: number;
  readonly from: Side;
  readonly bytes: Uint8Array | undefined;
  /** "end" is a FIN from that side, "close" says that its socket is gone. */
  readonly event: "open" | "end" | "close" | "error" | undefined;
  /** Of an error: the system's name for it. */
  readonly code: string | undefined;
};

/** One StreamingMessage as its sender or receiver handled it. */
export type RecordedMessage = {
  /** Nanoseconds since the recording began; a host's messages are stamped before their chunk, a worker's after it. */
  readonly at: number;
  readonly conn: number;
  readonly from: Side;
  /** Name of the content field; undefined for an envelope without content that is known. */
  readonly kind: string | undefined;
  /** The message exactly as it crossed, without gRPC's prefix. */
  readonly bytes: Uint8Array;
  /** Canonical proto3 JSON. */
  readonly message: unknown;
};

export type Recording = {
  readonly name: string;
  readonly chunks: readonly RecordedChunk[];
  readonly messages: readonly RecordedMessage[];
};

/** A worker's process behind a recording. Times as there. */
export type RecordedProcess = {
  readonly workerId: string;
  readonly spawnedAt: number;
  readonly exitedAt: number;
  readonly code?: number;
  readonly signal?: string;
  /** The last lines that it wrote there. */
  readonly stderr: readonly { readonly at: number; readonly text: string }[];
};

const FOLDER = new URL("../recordings/", import.meta.url);
const PEERS = ["node", "dotnet", "kestrel"] as const;
const CHUNKS_SUFFIX = ".h2.ndjson.gz";
const MESSAGES_SUFFIX = ".messages.ndjson.gz";

/** Every recording of real peers: "node/…" and "dotnet/…" workers with grpc-js as host, "kestrel/…" both with Kestrel. */
export const recordingNames: readonly string[] = PEERS.flatMap((peer) =>
  readdirSync(new URL(`${peer}/`, FOLDER))
    .filter((file) => file.endsWith(CHUNKS_SUFFIX))
    .map((file) => `${peer}/${file.slice(0, -CHUNKS_SUFFIX.length)}`)
    .sort(),
);

/** Reads a recording by its name, one of {@link recordingNames}. "node/big-messages" takes 200 MB of memory. */
export function loadRecording(name: string): Recording {
  return {
    name,
    chunks: readLines(`${name}${CHUNKS_SUFFIX}`).map((line) => ({
      at: line.at,
      conn: line.conn,
      from: line.from,
      bytes: line.bytes === undefined ? undefined : Buffer.from(line.bytes, "base64"),
      event: line.event,
      code: line.code,
    })),
    messages: readLines(`${name}${MESSAGES_SUFFIX}`).map((line) => ({
      at: line.at,
      conn: line.conn,
      from: line.from,
      kind: line.kind ?? undefined,
      bytes: Buffer.from(line.bytes ?? "", "base64"),
      message: line.message,
    })),
  };
}

/** The processes of the workers of a recording, in the order of their start. */
export function recordedProcesses(name: string): readonly RecordedProcess[] {
  const all: Readonly<Record<string, readonly RecordedProcess[]>> = JSON.parse(
    readFileSync(new URL("processes.json", FOLDER), "utf8"),
  );
  return all[name] ?? [];
}

type Line = {
  readonly at: number;
  readonly conn: number;
  readonly from: Side;
  readonly bytes?: string;
  readonly event?: "open" | "end" | "close" | "error";
  readonly code?: string;
  readonly kind?: string | null;
  readonly message?: unknown;
};

function readLines(file: string): Line[] {
  const lines = gunzipSync(readFileSync(new URL(file, FOLDER)))
    .toString("utf8")
    .split("\n");
  return lines.filter((line) => line !== "").map((line): Line => JSON.parse(line));
}
