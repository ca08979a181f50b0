/** The workers of a soak, in a process of their own: each answers every invocation with logs and a response. */

import { StatusResult_Status } from "@inspector/proto";
import { connectRawWorker, type RawWorker } from "../grpc-pair.ts";
import { createDice } from "./dice.ts";
import { Arrivals, HOST_PARTS, MessageHash } from "./ledger.ts";
import type { PeerFacts, PeerOrder, StreamFacts } from "./peer-process.ts";
import {
  ANSWER,
  decode,
  encode,
  isHostsOwn,
  LOGS,
  lengthOf,
  logOf,
  type Mark,
  markOf,
  now,
  responseOf,
} from "./said.ts";
import { serveOrders } from "./serve-orders.ts";
import { watchStalls } from "./stalls.ts";

const SUCCESS = { status: StatusResult_Status.Success } as const;

class WorkerStream {
  readonly worker: string;
  readonly #peer: RawWorker;
  readonly #sent = new MessageHash();
  readonly #arrivals: Arrivals;
  readonly #dice = createDice(Number(process.argv[2]));
  readonly #answered = { p: 0, h: 0 };
  #replays = 0;
  #status: number | undefined;

  constructor(worker: string, address: string) {
    this.worker = worker;
    this.#peer = connectRawWorker(address);
    this.#arrivals = new Arrivals(worker, HOST_PARTS);
    this.#peer.call.on("data", (bytes: Buffer) => this.#take(bytes));
    this.#say(encode({ case: "startStream", value: { workerId: worker } }));
    void this.#peer.status.then(({ code }) => {
      this.#status = code;
      this.#peer.close();
    });
  }

  end(): void {
    this.#peer.call.end();
  }

  facts(): StreamFacts {
    const isOpen = this.#status === undefined;
    return {
      worker: this.worker,
      isOpen,
      begun: this.#answered,
      isComplete: true,
      replays: this.#replays,
      sent: this.#sent.messages,
      sentBytes: this.#sent.bytes,
      checkpoints: isOpen ? [] : this.#sent.end(),
      received: this.#arrivals.received,
      faults: this.#arrivals.faults,
      latest: this.#arrivals.latest,
      ...(this.#status !== undefined && { status: this.#status }),
    };
  }

  #take(bytes: Buffer): void {
    const message = decode(bytes);
    const { requestId, content } = message;
    if (content.case === "workerInitRequest") {
      this.#say(encode({ case: "workerInitResponse", value: { workerVersion: "1.0.0", result: SUCCESS } }, requestId));
    }
    if (content.case === "functionLoadRequest") {
      const { functionId } = content.value;
      this.#say(encode({ case: "functionLoadResponse", value: { functionId, result: SUCCESS } }, requestId));
    }
    const mark = markOf(message);
    if (mark === undefined || content.case !== "invocationRequest") {
      return;
    }
    const { invocationId } = content.value;
    if (isHostsOwn(invocationId)) {
      this.#arrivals.add(mark);
      this.#answered[mark.lane] += 1;
    } else {
      this.#replays += 1;
    }
    this.#answer(mark, invocationId);
  }

  #answer({ lane, number }: Mark, invocationId: string): void {
    const mark = (part: number): Mark => ({ lane, number, part, sentAt: now() });
    for (let part = 1; part <= LOGS; part++) {
      this.#say(logOf(mark(part), invocationId, lengthOf(this.#dice)));
    }
    this.#say(responseOf(mark(ANSWER), invocationId, lengthOf(this.#dice)));
  }

  #say(bytes: Buffer): void {
    this.#sent.add(bytes);
    this.#peer.call.write(bytes);
  }
}

const stalls = watchStalls();
const streams: WorkerStream[] = [];

async function run(order: PeerOrder): Promise<PeerFacts | undefined> {
  if (order.do === "connect") {
    for (let n = 1; n <= order.workers; n++) {
      streams.push(new WorkerStream(`w-${n}`, order.address));
    }
  }
  if (order.do === "end") {
    for (const stream of streams) {
      stream.end();
    }
  }
  if (order.do !== "facts") {
    return undefined;
  }
  return { streams: streams.map((stream) => stream.facts()), stalls };
}

serveOrders(run);
process.stdout.write("ready\n");
