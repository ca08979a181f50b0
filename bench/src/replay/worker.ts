/**
 * A process that is a worker: it connects where it is told, then answers every invocation with a log and a response.
 * Asked with any other message, it tells how many of a replay it has answered, and what time that took.
 */
import { connect } from "node:net";
import { headers } from "@inspector/testkit/http2-writer";
import { REQUEST_HEADERS } from "../load/message.ts";
import {
  answersTo,
  FUNCTION_LOAD_REQUEST,
  functionLoadResponse,
  headOf,
  INVOCATION_REQUEST,
  isHostsOwn,
  startStream,
  WORKER_INIT_REQUEST,
  workerInitResponse,
} from "./content.ts";
import { Peer, STREAM } from "./peer.ts";

export type WorkerOrder = { readonly do: "connect"; readonly port: number } | { readonly do: "tell" };

/** Replays answered so far, and the milliseconds in which they were. */
export type Replayed = { readonly replays: number; readonly milliseconds: number };

let replays = 0;
let milliseconds = 0;

function answer(peer: Peer, message: Buffer): void {
  const { kind, invocationId } = headOf(message);
  if (kind === WORKER_INIT_REQUEST) {
    peer.say(workerInitResponse);
  } else if (kind === FUNCTION_LOAD_REQUEST) {
    peer.say(functionLoadResponse);
  } else if (kind === INVOCATION_REQUEST && isHostsOwn(invocationId)) {
    for (const one of answersTo(invocationId)) {
      peer.say(one);
    }
  } else if (kind === INVOCATION_REQUEST) {
    answerReplay(peer, invocationId);
  }
}

function answerReplay(peer: Peer, invocationId: string): void {
  const began = performance.now();
  for (const one of answersTo(invocationId)) {
    peer.say(one);
  }
  replays += 1;
  milliseconds += performance.now() - began;
}

function run(port: number): void {
  const peer = new Peer({
    socket: connect({ port, host: "127.0.0.1", noDelay: true }),
    isClient: true,
    onOpen: () => {},
    onMessage: (message) => answer(peer, message),
    onError(error) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  });
  peer.writeRaw(headers(STREAM, REQUEST_HEADERS));
  peer.say(startStream);
}

process.on("message", (order: WorkerOrder) => {
  if (order.do === "connect") {
    run(order.port);
  }
  const said: Replayed = { replays, milliseconds };
  process.send?.(said);
});
process.on("disconnect", () => process.exit());
