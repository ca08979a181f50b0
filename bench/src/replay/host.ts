/**
 * A process that is a host: prints its port, takes one worker, initialises it, and then invokes its function as each
 * {@link HostJob} says. Fails where it hears an answer to something that it did not ask.
 */
import { type AddressInfo, createServer } from "node:net";
import { headers } from "@inspector/testkit/http2-writer";
import {
  functionLoadRequest,
  headOf,
  INVOCATION_RESPONSE,
  invocations,
  isHostsOwn,
  RPC_LOG,
  workerInitRequest,
} from "./content.ts";
import { Peer, STREAM } from "./peer.ts";

export type HostJob = {
  readonly inFlight: number;
  /** Characters of the item that each invocation has. */
  readonly characters: number;
  /** So many seconds; once only where it is absent. */
  readonly seconds?: number;
};

export type HostResult = {
  readonly tripsPerSecond: number;
  /** Milliseconds, where one is under way at a time. */
  readonly p50: number;
  readonly p99: number;
  readonly roundTrips: number;
};

export type HostAnswer = ({ readonly ok: true } & HostResult) | { readonly ok: false; readonly reason: string };

const RESPONSE = [
  [":status", "200"],
  ["content-type", "application/grpc"],
] as const;
const STALLED_MS = 20_000;

let peer: Peer | undefined;
let lastId = 0;
let onAnswer: () => void = () => {};
let fail: (error: Error) => void = (error) => {
  process.stderr.write(`${error.message}\n`);
};

function hear(message: Buffer): void {
  const { kind, invocationId } = headOf(message);
  const isOfInvocation = kind === RPC_LOG || kind === INVOCATION_RESPONSE;
  if (isOfInvocation && !isHostsOwn(invocationId)) {
    throw new Error("the host heard the answer to a replay");
  }
  if (kind === INVOCATION_RESPONSE) {
    onAnswer();
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  const connected = new Peer({
    socket,
    isClient: false,
    onOpen() {
      peer = connected;
      connected.writeRaw(headers(STREAM, RESPONSE));
      connected.say(workerInitRequest);
      connected.say(functionLoadRequest);
    },
    onMessage: hear,
    onError: (error) => fail(error),
  });
});
server.listen({ host: "127.0.0.1", port: 0 }, () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});

function run({ inFlight, characters, seconds = 0 }: HostJob): Promise<HostResult> {
  return new Promise((resolve, reject) => {
    const host = peer;
    if (host === undefined) {
      throw new Error("no worker has connected");
    }
    const make = invocations(characters);
    const times: number[] = [];
    let underWay = 0;
    let answered = 0;
    let sentAt = 0;
    const began = performance.now();
    const stalled = setTimeout(() => fail(new Error("an answer did not come")), seconds * 1000 + STALLED_MS);
    fail = (error) => {
      clearTimeout(stalled);
      reject(error);
    };
    const send = (): void => {
      underWay += 1;
      lastId += 1;
      sentAt = performance.now();
      host.say(make(lastId));
    };
    onAnswer = () => {
      const now = performance.now();
      underWay -= 1;
      answered += 1;
      if (inFlight === 1) {
        times.push(now - sentAt);
      }
      if (now - began < seconds * 1000) {
        send();
      } else if (underWay === 0) {
        clearTimeout(stalled);
        const at = quantiles(times);
        const tripsPerSecond = answered / ((now - began) / 1000);
        resolve({ tripsPerSecond, p50: at(0.5), p99: at(0.99), roundTrips: answered });
      }
    };
    for (let n = 0; n < inFlight; n += 1) {
      send();
    }
  });
}

function quantiles(times: readonly number[]): (share: number) => number {
  const sorted = Float64Array.from(times).sort();
  return (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

async function answer(job: HostJob): Promise<HostAnswer> {
  try {
    return { ok: true, ...(await run(job)) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

process.on("message", (job: HostJob) => void answer(job).then((said) => process.send?.(said)));
process.on("disconnect", () => process.exit());
