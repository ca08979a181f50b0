/** The host of a soak, a process of its own: invokes functions at a pace, and checks what its workers say. */
import { type Call, startRawHost } from "../grpc-pair.ts";
import { createDice } from "./dice.ts";
import { Arrivals, MessageHash, WORKER_PARTS } from "./ledger.ts";
import type { PeerFacts, PeerOrder, StreamFacts } from "./peer-process.ts";
import {
  decode,
  encode,
  FUNCTIONS,
  HELD_ONE_IN,
  isHostsOwn,
  type Lane,
  lengthOf,
  markOf,
  now,
  requestOf,
} from "./said.ts";
import { serveOrders } from "./serve-orders.ts";
import { watchStalls } from "./stalls.ts";

const TICK_MS = 10;
/** The host is not ahead of its workers by more: where the machine is too slow, the pace falls. */
const MAX_IN_FLIGHT = 2_000;

/** One worker's stream. Begins when the worker has said its name; ends with the call. */
class HostStream {
  readonly #call: Call;
  readonly #sent = new MessageHash();
  readonly #begun: Record<Lane, number> = { p: 0, h: 0 };
  readonly #dice = createDice(Number(process.argv[2]));
  #arrivals = new Arrivals("host", WORKER_PARTS);
  #answered = 0;
  #worker = "";
  #isOpen = true;

  constructor(call: Call) {
    this.#call = call;
    call.on("data", (bytes: Buffer) => this.#take(bytes));
    call.on("end", () => {
      this.#isOpen = false;
      call.end();
    });
    // What ended badly is seen by its worker.
    call.on("error", () => {
      this.#isOpen = false;
    });
  }

  get worker(): string {
    return this.#worker;
  }

  get inFlight(): number {
    return this.#isOpen && this.#worker !== "" ? this.#begun.p + this.#begun.h - this.#answered : MAX_IN_FLIGHT;
  }

  invoke(): void {
    const lane = (this.#begun.p + this.#begun.h) % HELD_ONE_IN === HELD_ONE_IN - 1 ? "h" : "p";
    const number = this.#begun[lane]++;
    this.#say(requestOf({ lane, number, part: 0, sentAt: now() }, lengthOf(this.#dice)));
  }

  facts(): StreamFacts {
    const isComplete = this.inFlight === 0;
    if (!this.#isOpen) {
      this.#arrivals.finish(this.#begun);
    }
    return {
      worker: this.#worker,
      isOpen: this.#isOpen,
      begun: this.#begun,
      isComplete,
      replays: 0,
      sent: this.#sent.messages,
      sentBytes: this.#sent.bytes,
      checkpoints: this.#isOpen ? [] : this.#sent.end(),
      received: this.#arrivals.received,
      faults: this.#arrivals.faults,
      latest: this.#arrivals.latest,
    };
  }

  #take(bytes: Buffer): void {
    const message = decode(bytes);
    const { content } = message;
    if (content.case === "startStream") {
      this.#worker = content.value.workerId;
      this.#arrivals = new Arrivals(`host of ${this.#worker}`, WORKER_PARTS);
      this.#startUp();
    }
    const mark = markOf(message);
    if (mark === undefined) {
      return;
    }
    if (content.case === "rpcLog" || content.case === "invocationResponse") {
      if (!isHostsOwn(content.value.invocationId)) {
        this.#arrivals.faults.push(`host of ${this.#worker} heard of a replay: ${content.value.invocationId}`);
        return;
      }
      if (content.case === "invocationResponse") {
        this.#answered += 1;
      }
    }
    this.#arrivals.add(mark);
  }

  #startUp(): void {
    this.#say(encode({ case: "workerInitRequest", value: { hostVersion: "4.0.0" } }, "init"));
    for (const name of Object.values(FUNCTIONS)) {
      const bindings = { in: { type: "queueTrigger" } };
      this.#say(
        encode({ case: "functionLoadRequest", value: { functionId: name, metadata: { name, bindings } } }, name),
      );
    }
  }

  #say(bytes: Buffer): void {
    this.#sent.add(bytes);
    this.#call.write(bytes);
  }
}

const stalls = watchStalls();
const streams: HostStream[] = [];
let pace: NodeJS.Timeout | undefined;

function setPace(perSecond: number): void {
  clearInterval(pace);
  if (perSecond === 0) {
    return;
  }
  let before = performance.now();
  let due = 0;
  pace = setInterval(() => {
    const at = performance.now();
    due = Math.min(due + ((at - before) / 1000) * perSecond, MAX_IN_FLIGHT);
    before = at;
    const ready = streams.filter(({ worker }) => worker !== "");
    for (let turn = 0; due >= 1 && turn < ready.length * 200; turn++) {
      const stream = ready[turn % ready.length];
      if (stream === undefined || stream.inFlight >= MAX_IN_FLIGHT) {
        continue;
      }
      stream.invoke();
      due -= 1;
    }
  }, TICK_MS);
}

async function run(order: PeerOrder): Promise<PeerFacts | undefined> {
  if (order.do === "pace") {
    setPace(order.perSecond);
  }
  if (order.do !== "facts") {
    return undefined;
  }
  // Connections of bad clients reach the host too; what never said its name is none of the soak's.
  return { streams: streams.filter(({ worker }) => worker !== "").map((stream) => stream.facts()), stalls };
}

const { port } = await startRawHost((call) => void streams.push(new HostStream(call)));
serveOrders(run);
process.stdout.write(`${port}\n`);
