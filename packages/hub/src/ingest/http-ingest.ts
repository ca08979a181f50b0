/** One connection of a host to a worker's own HTTP server: its bytes become legs of invocations. */
import { deserialize, serialize } from "node:v8";
import type { EndInfo, Nanos } from "@inspector/contract/page";
import type { RecordedConnection } from "@inspector/ingest/connection/recorded-connection";
import type { HandlerAnswer, HandlerCall } from "@inspector/proto";
import type { HttpLegChange } from "@inspector/session/http-legs";
import type { Writer } from "@inspector/session/writer";
import type { Side } from "@inspector/wire/frames";
import { createHttp1, type Http1, type Http1Events, type Http1Part, type Http1State } from "@inspector/wire/http1";
import type { Http1Header } from "@inspector/wire/http1-reader";
import { appendToBody, type HttpBody, openHttpBody, readBody, storeBody } from "./http-body.ts";

/** Learns of requests and answers that have come whole. Bodies that are too large to be looked at are undefined. */
export type HttpExchanges = {
  /** @param leg stays the same for one request and its answer */
  request(leg: number, invocationId: string | undefined, call: HandlerCall, at: Nanos): void;
  /** Behind its request. */
  response(leg: number, answer: HandlerAnswer, at: Nanos): void;
  /** There will be no more of it. It may not have been told of at all. */
  lost(leg: number, why: string, at: Nanos): void;
};

/** Whose a connection is. */
export type HttpOwner = {
  /** The connection that it belongs to, by its number in the journal. */
  readonly of?: number | undefined;
  readonly exchangesOf: (of: number) => HttpExchanges | undefined;
};

/** A leg of which not everything has come yet. */
type OpenLeg = {
  readonly id: number;
  readonly request: Open;
  readonly response: Open;
  /** Kept for {@link HttpExchanges} only. */
  call?: Omit<HandlerCall, "body"> & { readonly invocationId: string | undefined };
  answer?: Omit<HandlerAnswer, "body">;
};
type Open = { body: HttpBody | undefined; isEnded: boolean; isChanged: boolean };

type State = "open" | "failed" | "closed";

type SavedConnection = {
  readonly version: 1;
  /** Absent in what was saved before states had names. */
  readonly state?: State | undefined;
  /** Absent once it has failed. */
  readonly http1?: Http1State | undefined;
  readonly legs: readonly [exchange: number, OpenLeg][];
  readonly of?: number | undefined;
};

const INVOCATION_ID = "x-ms-invocation-id";
/** What hosts call the same in what they send to custom handlers. */
const HANDLER_INVOCATION_ID = "x-azure-functions-invocationid";
/** Larger bodies are stored, and not looked at. */
const MAX_LOOKED_AT_BYTES = 4 * 1024 * 1024;
const NOBODY: HttpOwner = { exchangesOf: () => undefined };

/**
 * States, and what leaves each:
 *
 * - `open`: requests and responses become legs. Bytes that are no HTTP/1.1 lose the legs that are open, and are passed over.
 * - `failed`: after {@link fail}. What comes is passed over.
 * - `closed`: after {@link closed}. Nothing is written any more.
 *
 * `open` and `failed` survive a restart, by {@link save} and the constructor.
 */
export class HttpIngest implements RecordedConnection {
  readonly id: number;
  readonly #writer: Writer;
  readonly #http1: Http1;
  readonly #legs: Map<number, OpenLeg>;
  readonly #of: number | undefined;
  readonly #exchanges: HttpExchanges | undefined;
  #state: State = "open";
  #now = 0;
  #isChanged: boolean;

  /**
   * @param saved what an earlier {@link save} stored; undefined for a connection that begins
   * @throws where `saved` is nothing that `save` stored
   */
  constructor(writer: Writer, id: number, saved: Uint8Array | undefined, owner = NOBODY) {
    const state = saved === undefined ? undefined : (deserialize(saved) as SavedConnection);
    this.id = id;
    this.#writer = writer;
    this.#isChanged = saved === undefined;
    this.#legs = new Map(state?.legs);
    this.#of = state?.of ?? owner.of;
    this.#exchanges = this.#of === undefined ? undefined : owner.exchangesOf(this.#of);
    this.#state = state?.state ?? "open";
    this.#http1 = createHttp1(this.#events(), state?.http1);
    if (saved === undefined) {
      writer.updateConnection(id, { protocol: "http" });
    }
  }

  push(side: Side, bytes: Uint8Array, at: number): void {
    if (!this.#touch(at)) {
      return;
    }
    this.#http1.push(side === "host" ? "request" : "response", bytes);
  }

  /** Nobody intervenes in HTTP. */
  intervened(): void {}
  named(): void {}
  leaving(): void {}

  skip(_: unknown, at: number): void {
    if (this.#touch(at)) {
      this.#lose("part of it was not recorded");
    }
  }

  closed(at: number, end: EndInfo | undefined): void {
    if (this.#state === "closed") {
      return;
    }
    this.#now = at;
    if (end === undefined && this.#state !== "failed") {
      this.#http1.closed();
    }
    this.#lose(
      end === undefined ? "the connection ended first" : `the ${end.by} reset the connection (${end.code ?? ""})`,
    );
    this.#state = "closed";
    this.#writer.updateConnection(this.id, { closed_at: at, ...(end !== undefined && { end: JSON.stringify(end) }) });
    this.#writer.saveConnection(this.id, null);
  }

  fail(reason: string): void {
    if (this.#state !== "open") {
      return;
    }
    this.#writer.updateConnection(this.id, { protocol: "unreadable", reason });
    this.#closeLegs(reason);
    this.#state = "failed";
    this.#isChanged = true;
  }

  save(): void {
    if (!this.#isChanged || this.#state === "closed") {
      return;
    }
    this.#isChanged = false;
    this.#store();
    const saving: SavedConnection = {
      version: 1,
      state: this.#state,
      http1: this.#state === "failed" ? undefined : this.#http1.save(),
      legs: [...this.#legs],
      of: this.#of,
    };
    this.#writer.saveConnection(this.id, serialize(saving));
  }

  /** @returns whether what comes is still decoded */
  #touch(at: number): boolean {
    this.#now = at;
    if (this.#state !== "open") {
      return false;
    }
    this.#isChanged = true;
    return true;
  }

  #events(): Http1Events {
    return {
      request: ({ exchange, method, target, headers }) => {
        const isHandler = this.#exchanges !== undefined;
        const invocationId = headerOf(headers, isHandler ? HANDLER_INVOCATION_ID : INVOCATION_ID);
        const leg = this.#writer.httpLegs.request({
          connection: this.id,
          invocationId,
          method,
          target,
          at: this.#now,
          headers: JSON.stringify(headers),
        });
        this.#legs.set(exchange, {
          id: leg,
          request: opened(),
          response: opened(),
          ...(isHandler && { call: { method, target, headers, invocationId } }),
        });
      },
      response: ({ exchange, status, reason, headers }) => {
        this.#change(exchange, {
          status,
          reason,
          response_at: this.#now,
          response_headers: JSON.stringify(headers),
        });
        const leg = this.#legs.get(exchange);
        if (leg?.call !== undefined) {
          leg.answer = { status, reason, headers };
        }
      },
      body: ({ exchange, of, bytes }) => {
        const open = this.#legs.get(exchange)?.[of];
        if (open === undefined) {
          return;
        }
        open.body ??= openHttpBody(this.#writer);
        open.isChanged = true;
        appendToBody(this.#writer, open.body, bytes);
      },
      ended: ({ exchange, of }) => {
        const leg = this.#legs.get(exchange);
        if (leg === undefined) {
          return;
        }
        leg[of].isEnded = true;
        this.#storePart(leg, of);
        this.#complete(leg[of]);
        this.#change(exchange, of === "request" ? { request_ended_at: this.#now } : { response_ended_at: this.#now });
        if (of === "request") {
          this.#tellRequest(leg);
        }
        if (leg.request.isEnded && leg.response.isEnded) {
          this.#tellResponse(leg);
          this.#legs.delete(exchange);
        }
      },
      unreadable: ({ of, reason }) => {
        this.#writer.updateConnection(this.id, { protocol: "unreadable", reason: `HTTP ${of}: ${reason}` });
        this.#lose(`its ${of} could not be read: ${reason}`);
      },
    };
  }

  #tellRequest({ id, call, request }: OpenLeg): void {
    if (call !== undefined) {
      const { invocationId, ...rest } = call;
      this.#exchanges?.request(id, invocationId, { ...rest, body: this.#bodyOf(request) }, this.#now);
    }
  }

  #tellResponse({ id, answer, response }: OpenLeg): void {
    if (answer !== undefined) {
      this.#exchanges?.response(id, { ...answer, body: this.#bodyOf(response) }, this.#now);
    }
  }

  #bodyOf({ body }: Open): Uint8Array | undefined {
    if (body === undefined) {
      return new Uint8Array();
    }
    return body.size > MAX_LOOKED_AT_BYTES ? undefined : readBody(this.#writer, body);
  }

  #change(exchange: number, what: HttpLegChange): void {
    const leg = this.#legs.get(exchange);
    if (leg !== undefined) {
      this.#writer.httpLegs.change(leg.id, what);
    }
  }

  #complete({ body }: Open): void {
    if (body !== undefined) {
      this.#writer.bodies.complete(body.number);
    }
  }

  #storePart(leg: OpenLeg, of: Http1Part): void {
    const { body, isChanged } = leg[of];
    if (body === undefined || !isChanged) {
      return;
    }
    leg[of].isChanged = false;
    storeBody(this.#writer, body);
    const { number, size } = body;
    this.#writer.httpLegs.change(
      leg.id,
      of === "request" ? { request_body: number, request_size: size } : { response_body: number, response_size: size },
    );
  }

  #store(): void {
    for (const leg of this.#legs.values()) {
      this.#storePart(leg, "request");
      this.#storePart(leg, "response");
    }
  }

  /** Nothing more will come of what is open. */
  #lose(why: string): void {
    this.#store();
    this.#closeLegs(why);
  }

  #closeLegs(why: string): void {
    for (const { id, request, response } of this.#legs.values()) {
      this.#exchanges?.lost(id, why, this.#now);
      this.#writer.httpLegs.change(id, { lost: why });
      this.#complete(request);
      this.#complete(response);
    }
    this.#legs.clear();
  }
}

function opened(): Open {
  return { body: undefined, isEnded: false, isChanged: false };
}

function headerOf(headers: readonly Http1Header[], name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}
