/** A worker and a host of grpc-js with a relay between them, and a hub's line to that relay. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import type { InterventionEvent, InterventionOrder, InterventionReport } from "@inspector/contract/intervention-lines";
import { type FromHub, parseFromRelay } from "@inspector/contract/relay-line";
import { BEGINNING, createTail } from "@inspector/hub/ingest/journal-tail";
import { RECORD_EVENT, SIDE_HOST, SIDE_WORKER } from "@inspector/wire/journal";
import { expect } from "vitest";
import { createControl } from "../src/control.ts";
import type { Rewrite } from "../src/intervene/rewrite.ts";
import { createJournal } from "../src/journal.ts";
import { Line } from "../src/line.ts";
import { thisProcess } from "../src/process-identity.ts";
import { createRelay } from "../src/relay.ts";
import { describeMessage, LOG, message, REQUEST, RESPONSE, readMessage } from "./short-messages.ts";

const METHOD = {
  path: "/AzureFunctionsRpcMessages.FunctionRpc/EventStream",
  requestStream: true,
  responseStream: true,
  requestSerialize: (bytes: Buffer) => bytes,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
};
const UNLIMITED = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
/** The one call that the worker makes. */
export const AT = { connection: 1, stream: 1 };

type HostCall = grpc.ServerDuplexStream<Buffer, Buffer>;
type WorkerCall = grpc.ClientDuplexStream<Buffer, Buffer>;

export class RelayedPeers {
  /** What each of them got: "kind id". */
  readonly atHost: string[] = [];
  readonly atWorker: string[] = [];
  readonly #directory = mkdtempSync(join(tmpdir(), "intervene-"));
  readonly #control = join(this.#directory, "control");
  /** Last begun, first ended. */
  readonly #ends: (() => unknown)[] = [() => rmSync(this.#directory, { recursive: true, force: true })];
  readonly #calls: { host?: HostCall; worker?: WorkerCall } = {};
  #hub: Socket | undefined;

  /** A worker that answers each request with a log and a response, and a host that makes none by itself: both have said a word. */
  static async start(rewrite?: Rewrite): Promise<RelayedPeers> {
    const peers = new RelayedPeers();
    const upstream = await peers.#startHost();
    peers.#startWorker(await peers.#startRelay(upstream, rewrite));
    peers.worker.write(message(20, "start"));
    await expect.poll(() => peers.atHost).toEqual(["20 start"]);
    peers.host.write(message(30, "hello"));
    await expect.poll(() => peers.atWorker).toEqual(["30 hello"]);
    return peers;
  }

  get host(): HostCall {
    return there(this.#calls.host);
  }

  get worker(): WorkerCall {
    return there(this.#calls.worker);
  }

  get hub(): Socket {
    return there(this.#hub);
  }

  async end(): Promise<void> {
    for (const end of this.#ends.reverse()) {
      await end();
    }
  }

  #startHost(): Promise<number> {
    const server = new grpc.Server(UNLIMITED);
    this.#ends.push(() => server.forceShutdown());
    server.addService(
      { EventStream: METHOD },
      {
        EventStream: (call: HostCall) => {
          call.on("error", () => {});
          call.on("data", (bytes: Buffer) => this.atHost.push(describeMessage(bytes)));
          call.on("end", () => call.end());
          this.#calls.host = call;
        },
      },
    );
    return new Promise((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error) {
          reject(error);
        } else {
          resolve(port);
        }
      });
    });
  }

  /** @returns the relay's port */
  async #startRelay(upstream: number, rewrite: Rewrite | undefined): Promise<number> {
    const directory = this.#directory;
    const relay = await createRelay({
      listen: { host: "127.0.0.1", port: 0 },
      upstream: { host: "127.0.0.1", port: upstream },
      ...(rewrite === undefined ? {} : { rewrite }),
      openJournal: (_, positions) => {
        const journal = createJournal({ directory, positions });
        this.#ends.splice(1, 0, () => journal.close());
        return journal;
      },
    });
    this.#ends.push(() => relay.close());
    const control = await createControl({
      directory,
      description: { session: "", control: this.#control, process: thisProcess(), startedAt: 0 },
      relay,
    });
    this.#ends.push(() => control.close());
    return relay.address.port;
  }

  #startWorker(port: number): void {
    const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      ...UNLIMITED,
      "grpc.use_local_subchannel_pool": 1,
    });
    const { path, requestSerialize, responseDeserialize } = METHOD;
    const worker = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    this.#calls.worker = worker;
    this.#ends.push(() => {
      worker.cancel();
      client.close();
    });
    worker.on("error", () => {});
    worker.on("data", (bytes: Buffer) => {
      this.atWorker.push(describeMessage(bytes));
      const { kind, id } = readMessage(bytes);
      if (kind === REQUEST) {
        worker.write(message(LOG, id));
        worker.write(message(RESPONSE, id, bytes.length));
      }
    });
  }

  /** @returns what the hub is told, as it comes */
  async connectHub(): Promise<InterventionReport[]> {
    const reports: InterventionReport[] = [];
    const hub = connect(this.#control);
    this.#hub = hub;
    this.#ends.push(() => hub.destroy());
    const line = new Line<FromHub>(hub, {
      maxWaiting: Number.POSITIVE_INFINITY,
      onMessage(said) {
        const told = parseFromRelay(said);
        if (told !== undefined && "report" in told) {
          reports.push(told);
        } else if (told !== undefined && "ping" in told) {
          line.send({ pong: told.ping });
        }
      },
    });
    await new Promise((resolve) => hub.once("connect", resolve));
    line.send({ hello: "desk", pid: process.pid });
    return reports;
  }

  order(...orders: readonly InterventionOrder[]): void {
    for (const one of orders) {
      this.hub.write(`${JSON.stringify(one)}\n`);
    }
  }

  replay(id: string, size: number): void {
    const bytes = message(REQUEST, id, size).toString("base64");
    const mark = { run: 1, n: 1, isEdited: false };
    const part = 4_000_000;
    for (let at = 0; at < bytes.length; at += part) {
      const isMore = at + part < bytes.length;
      const text = bytes.slice(at, at + part);
      this.order({ order: "replay", at: AT, invocationId: id, mark, message: text, ...(isMore ? { more: true } : {}) });
    }
  }

  /** @returns when the relay holds what crosses from now on */
  async hold(...rule: Parameters<typeof holdRule>): Promise<void> {
    this.order(holdRule(...rule));
    this.order({ order: "inject", at: AT, direction: "to-worker", message: message(30, "ready").toString("base64") });
    await expect.poll(() => this.atWorker).toContain("30 ready");
  }

  /** What the journal says of interventions. */
  recorded(): InterventionEvent[] {
    const events: InterventionEvent[] = [];
    const tail = createTail(this.#directory, BEGINNING);
    tail.read(Number.MAX_SAFE_INTEGER, ({ kind, side, payload }) => {
      if (kind !== RECORD_EVENT || (side !== SIDE_HOST && side !== SIDE_WORKER)) {
        return;
      }
      const event = JSON.parse(Buffer.from(payload).toString());
      if ("direction" in event) {
        events.push(event);
      }
    });
    tail.close();
    return events;
  }
}

function there<One>(one: One | undefined): One {
  if (one === undefined) {
    throw new Error("It has not been started");
  }
  return one;
}

export function holdRule(kinds: readonly number[], direction: "to-host" | "to-worker", ask = false): InterventionOrder {
  return { order: "hold", rule: 1, at: AT, direction, kinds, limitMs: 60_000, ...(ask ? { ask: true } : {}) };
}
