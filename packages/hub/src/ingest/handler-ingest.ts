/** A custom handler: what its host asks and it answers over HTTP becomes messages of a worker's stream that nobody sent. */
import { deserialize, serialize } from "node:v8";
import type { ReplayMark } from "@inspector/contract/intervention";
import type { ReplayAnnounced } from "@inspector/contract/intervention-lines";
import type { EndInfo, Side } from "@inspector/contract/page";
import type { RecordedConnection } from "@inspector/ingest/connection/recorded-connection";
import {
  CUSTOM_HANDLER_PATH,
  create,
  encodeMessage,
  failedHandlerResponse,
  type HandlerAnswer,
  type HandlerCall,
  type HandlerFunction as HandlerOf,
  type HandlerOutcome,
  handlerRequest,
  handlerResponse,
  isHandlerPayload,
  type MessageInitShape,
  RpcLog_Level,
  readHead,
  StreamingMessageSchema,
} from "@inspector/proto";
import { SIDE_NUMBERS } from "@inspector/session/sql-values";
import type { Writer } from "@inspector/session/writer";
import { functionAt, type HandlerFacts, parseHandlerFacts, triggerOf } from "./handler-facts.ts";
import type { HttpExchanges } from "./http-ingest.ts";

type SavedHandler = {
  readonly version: 1;
  readonly stream: number;
  readonly facts: HandlerFacts;
  readonly hasAnswered: boolean;
  readonly calls: readonly [leg: number, OpenCall][];
  /** Absent in what was saved before there were replays. */
  readonly announced?: readonly [invocationId: string, ReplayMark][];
};

/** A call without an answer. */
type OpenCall = HandlerOf & { readonly replay?: ReplayMark | undefined };

type Content = NonNullable<MessageInitShape<typeof StreamingMessageSchema>["content"]>;
/** More than are sent at once; requests that never came are among them. */
const MAX_ANNOUNCED = 1_000;

/**
 * States, and what leaves each:
 *
 * - `open`: calls become invocations.
 * - `failed`: after {@link fail}. Its calls are still recorded, as HTTP only.
 * - `closed`: the handler's process has ended. Nothing is written any more.
 */
export class HandlerIngest implements RecordedConnection, HttpExchanges {
  readonly id: number;
  readonly #writer: Writer;
  readonly #stream: number;
  readonly #facts: HandlerFacts;
  readonly #calls: Map<number, OpenCall>;
  /** Replays whose requests have not come yet. */
  readonly #announced: Map<string, ReplayMark>;
  #hasAnswered: boolean;
  #state: "open" | "failed" | "closed" = "open";
  #isChanged: boolean;

  /**
   * @param saved what an earlier {@link save} stored; undefined for a handler that begins
   * @param facts as they are recorded
   * @throws where `saved` is nothing that `save` stored
   */
  constructor(writer: Writer, id: number, saved: Uint8Array | undefined, facts: unknown, at: number) {
    const state = saved === undefined ? undefined : (deserialize(saved) as SavedHandler);
    this.id = id;
    this.#writer = writer;
    this.#isChanged = saved === undefined;
    this.#facts = state?.facts ?? parseHandlerFacts(facts);
    this.#calls = new Map(state?.calls);
    this.#announced = new Map(state?.announced);
    this.#hasAnswered = state?.hasAnswered ?? false;
    this.#stream = state?.stream ?? this.#begin(at);
  }

  /** No bytes are its own. */
  push(): void {}
  intervened(): void {}
  named(): void {}
  leaving(): void {}
  skip(): void {}

  /** A replay is about to come, or could not be sent after all. */
  announced({ invocationId, replay }: ReplayAnnounced): void {
    if (this.#state !== "open") {
      return;
    }
    this.#announced.set(invocationId, replay);
    const [oldest = ""] = this.#announced.keys();
    if (this.#announced.size > MAX_ANNOUNCED) {
      this.#announced.delete(oldest);
    }
    this.#isChanged = true;
  }

  request(leg: number, invocationId: string | undefined, call: HandlerCall, at: number): void {
    if (this.#state !== "open" || invocationId === undefined) {
      return;
    }
    const found = functionAt(this.#facts, call.target);
    const isLarge = call.body === undefined;
    const of: OpenCall = {
      invocationId,
      replay: this.#announced.get(invocationId),
      functionId: found?.name ?? call.target.split("?", 1)[0] ?? "",
      bindings: found?.bindings ?? [],
      isForwarded: isLarge ? this.#facts.isForwarding : !isHandlerPayload(call),
    };
    this.#announced.delete(invocationId);
    this.#calls.set(leg, of);
    this.#isChanged = true;
    this.#write("host", { case: "invocationRequest", value: handlerRequest(call, of) }, at, of.replay);
  }

  response(leg: number, answer: HandlerAnswer, at: number): void {
    if (!this.#hasAnswered && this.#state === "open") {
      this.#hasAnswered = true;
      this.#isChanged = true;
      this.#writer.updateStream(this.#stream, { phase: "loaded" });
    }
    const of = this.#take(leg);
    if (of !== undefined) {
      this.#answer(of, handlerResponse(answer, of), at);
    }
  }

  lost(leg: number, why: string, at: number): void {
    const of = this.#take(leg);
    if (of !== undefined) {
      this.#answer(of, failedHandlerResponse(of.invocationId, `There was no answer: ${why}`), at);
    }
  }

  closed(at: number, _: EndInfo | undefined): void {
    if (this.#state === "closed") {
      return;
    }
    for (const leg of [...this.#calls.keys()]) {
      this.lost(leg, "the handler's process has ended", at);
    }
    this.#state = "closed";
    this.#writer.endStreams(this.id, at, JSON.stringify({ by: "worker", how: "end" } satisfies EndInfo));
    this.#writer.updateConnection(this.id, { closed_at: at });
    this.#writer.saveConnection(this.id, null);
  }

  fail(reason: string): void {
    if (this.#state !== "open") {
      return;
    }
    this.#state = "failed";
    this.#writer.updateConnection(this.id, { protocol: "unreadable", reason });
  }

  save(): void {
    if (!this.#isChanged || this.#state === "closed") {
      return;
    }
    this.#isChanged = false;
    const saving: SavedHandler = {
      version: 1,
      stream: this.#stream,
      facts: this.#facts,
      hasAnswered: this.#hasAnswered,
      calls: [...this.#calls],
      announced: [...this.#announced],
    };
    this.#writer.saveConnection(this.id, serialize(saving));
  }

  #begin(at: number): number {
    const { workerId, address, functions } = this.#facts;
    const headers = JSON.stringify({ handler: { address, functions } });
    const stream = this.#writer.stream(this.id, 1, CUSTOM_HANDLER_PATH, at, headers);
    this.#writer.updateConnection(this.id, { protocol: "http" });
    this.#writer.updateStream(stream, { worker_id: workerId, runtime: "custom", phase: "started" });
    for (const one of functions) {
      this.#writer.function(stream, one.name, one.name, triggerOf(one));
    }
    return stream;
  }

  #take(leg: number): OpenCall | undefined {
    const found = this.#calls.get(leg);
    if (found === undefined || this.#state !== "open") {
      return undefined;
    }
    this.#calls.delete(leg);
    this.#isChanged = true;
    return found;
  }

  /** What answers a replay reaches the hub and no host. */
  #answer({ invocationId, functionId, replay }: OpenCall, { response, logs }: HandlerOutcome, at: number): void {
    for (const message of logs) {
      const log = { invocationId, category: `Function.${functionId}.User`, level: RpcLog_Level.Information, message };
      this.#write("worker", { case: "rpcLog", value: log }, at, replay);
    }
    this.#write("worker", { case: "invocationResponse", value: response }, at, replay);
  }

  #write(side: Side, content: Content, at: number, replay: ReplayMark | undefined): void {
    const bytes = encodeMessage(create(StreamingMessageSchema, { content }));
    const head = readHead(bytes);
    const seq = this.#writer.message({
      at,
      stream: this.#stream,
      side: SIDE_NUMBERS[side],
      kind: head.kind,
      size: bytes.length,
      flags: 0,
      body: this.#writer.bodies.whole(bytes),
      requestId: head.requestId,
      invocationId: head.invocationId,
      functionId: head.functionId,
      status: head.status,
      level: head.level,
      category: head.category,
      text: head.text,
      retryCount: head.retryCount,
      ...(replay !== undefined && side === "host" && { isInjected: true, replay }),
    });
    if (replay !== undefined && side === "worker") {
      this.#writer.mark(seq, "swallowed");
    }
    this.#writer.countStream(this.#stream, 1, bytes.length);
  }
}
