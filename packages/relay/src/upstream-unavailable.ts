/**
 * Speaks to a worker in place of a host that cannot be reached: every call is answered with UNAVAILABLE and a message
 * that says which address refused and what to check. The only case in which the relay says anything of its own.
 */
import { createServer } from "node:http2";
import type { Socket } from "node:net";

const UNAVAILABLE = "14";

export type Refusal = { readonly address: string; readonly code: string; readonly message: string };

/** Describes a failed connection attempt to people who have never seen the error code. */
export function describeRefusal(address: string, error: NodeJS.ErrnoException): Refusal {
  return { address, code: error.code ?? "UNKNOWN", message: `inspector: upstream ${address} ${reasonOf(error)}` };
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ECONNREFUSED":
      return "refused the connection; check that the Functions host is running and that --upstream names its gRPC port";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "is a name that cannot be resolved; check --upstream";
    case "ETIMEDOUT":
      return "did not answer in time; check --upstream and any firewall on the way";
    default:
      return `could not be reached (${error.message || error.code}); check --upstream`;
  }
}

/** Answers every call on a socket that was accepted for a host that is not there. */
export function answerUnavailable(socket: Socket, refusal: Refusal): void {
  const server = createServer();
  server.on("sessionError", () => {});
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.respond(
      {
        ":status": 200,
        "content-type": "application/grpc",
        "grpc-status": UNAVAILABLE,
        "grpc-message": percentEncode(refusal.message),
      },
      { endStream: true },
    );
  });
  socket.on("error", () => {});
  server.emit("connection", socket);
  socket.resume();
}

/** The encoding of grpc-message: printable ASCII but "%" stands for itself. */
function percentEncode(text: string): string {
  return text.replace(/[^ -$&-~]/gu, encodeURIComponent);
}
