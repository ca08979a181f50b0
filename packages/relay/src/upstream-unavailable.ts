/**
 * Speaks to a worker in place of a host that cannot be reached: every call is answered with UNAVAILABLE and a message
 * that says which address refused and what to check. The only case in which the relay says anything of its own.
 */
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { ReadBuffers } from "./read-buffers.ts";

const UNAVAILABLE = "14";

/** A worker that asks for nothing is let go after this. */
const IDLE_MS = 20_000;
/** How long a worker that has ended may still be answered. */
const LINGER_MS = 100;

/** Why a host could not be reached: its address, the system's code, and a sentence that says what to check. */
export type Refusal = { readonly address: string; readonly code: string; readonly message: string };

/** Describes a failed connection attempt to people who have never seen the error code. */
export function describeRefusal(address: string, error: NodeJS.ErrnoException): Refusal {
  return { address, code: error.code ?? "UNKNOWN", message: `inspector: upstream ${address} ${describeError(error)}` };
}

function describeError(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ECONNREFUSED":
      return "refused the connection; check that the Functions host is running and that --upstream names its gRPC port";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "is a name that cannot be resolved; check --upstream";
    case "ETIMEDOUT":
      return "did not answer in time; check --upstream and any firewall on the way";
    case "EMFILE":
    case "ENFILE":
      return "could not be dialled, because the inspector has no file descriptor left; raise the limit (ulimit -n)";
    case "ELOOP":
      return "is the inspector itself; --upstream must be the gRPC address of the Functions host";
    default:
      return `could not be reached (${error.message || error.code}); check --upstream`;
  }
}

/**
 * Answers every call on a socket that was accepted for a host that is not there, until the worker leaves.
 *
 * @param said what the worker said before, which was read and went nowhere
 */
export function answerUnavailable(
  worker: Socket,
  buffers: ReadBuffers,
  said: readonly Uint8Array[],
  refusal: Refusal,
): void {
  const server = createServer();
  server.on("sessionError", () => {});
  server.on("session", (session: ServerHttp2Session) => {
    session.setTimeout(IDLE_MS, () => session.destroy());
    session.on("stream", (stream) => answer(session, stream, refusal));
  });
  server.emit("connection", conversationOf(worker, buffers, said));
}

function answer(session: ServerHttp2Session, stream: ServerHttp2Stream, refusal: Refusal): void {
  stream.on("error", () => {});
  // GOAWAY: the client dials again for its next call, and so learns that the host is back.
  stream.once("close", () => session.close());
  stream.respond(
    {
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": UNAVAILABLE,
      "grpc-message": percentEncode(refusal.message),
    },
    { endStream: true },
  );
}

/**
 * The worker's socket with what it said before in front. It is closed soon after the worker's end: node:http2 itself would
 * keep a socket whose other side has ended, and its descriptor, for ever.
 */
function conversationOf(worker: Socket, buffers: ReadBuffers, said: readonly Uint8Array[]): Duplex {
  const conversation = new Duplex({
    read: () => void worker.resume(),
    write: (chunk, _encoding, done) => void worker.write(chunk, done),
    final: (done) => void worker.end(done),
    destroy(error, done) {
      worker.destroy();
      done(error);
    },
  });
  conversation.on("error", () => {});
  worker.once("close", () => conversation.destroy());
  for (const chunk of said) {
    conversation.push(chunk);
  }
  buffers.onData = (buffer, bytes) => {
    if (!conversation.push(Buffer.from(buffer.payload.subarray(0, bytes)))) {
      worker.pause();
    }
  };
  worker.once("end", () => setTimeout(() => conversation.destroy(), LINGER_MS));
  return conversation;
}

/** The encoding of grpc-message: printable ASCII but "%" stands for itself. */
function percentEncode(text: string): string {
  return text.replace(/[^ -$&-~]/gu, encodeURIComponent);
}
