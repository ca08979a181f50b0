/** One connection of a host to a worker's own HTTP server: its bytes become legs of invocations. */
import { deserialize, serialize } from "node:v8";
import type { HttpLegChange } from "@inspector/session/http-legs";
import type { Writer } from "@inspector/session/writer";
import { createHttp1, type Http1, type Http1Events, type Http1Part, type Http1State } from "@inspector/wire/http1";
import type { Http1Header } from "@inspector/wire/http1-reader";
import type { ConnectionIngest } from "./connection-ingest.ts";
import { appendToBody, type HttpBody, openHttpBody, storeBody } from "./http-body.ts";

/** A leg of which not everything has come yet. */
type OpenLeg = {
  readonly id: number;
  readonly request: Open;
  readonly response: Open;
};
type Open = { body: HttpBody | undefined; isEnded: boolean; isChanged: boolean };

type SavedConnection = {
  readonly version: 1;
  readonly http1: Http1State;
  readonly legs: readonly [exchange: number, OpenLeg][];
};

const INVOCATION_ID = "x-ms-invocation-id";

/** @param saved what an earlier {@link ConnectionIngest.save} stored */
export function createHttpIngest(writer: Writer, id: number, saved: Uint8Array | undefined): ConnectionIngest {
  const state = saved === undefined ? undefined : (deserialize(saved) as SavedConnection);
  const legs = new Map<number, OpenLeg>(state?.legs);
  let now = 0;
  let isChanged = saved === undefined;
  let isClosed = false;
  if (saved === undefined) {
    writer.updateConnection(id, { protocol: "http" });
  }

  const events: Http1Events = {
    request({ exchange, method, target, headers }) {
      const invocationId = headerOf(headers, INVOCATION_ID);
      const leg = writer.httpLegs.request({
        connection: id,
        invocationId,
        method,
        target,
        at: now,
        headers: JSON.stringify(headers),
      });
      legs.set(exchange, { id: leg, request: opened(), response: opened() });
    },
    response({ exchange, status, reason, headers }) {
      change(exchange, { status, reason, response_at: now, response_headers: JSON.stringify(headers) });
    },
    body({ exchange, of, bytes }) {
      const open = legs.get(exchange)?.[of];
      if (open === undefined) {
        return;
      }
      open.body ??= openHttpBody(writer);
      open.isChanged = true;
      appendToBody(writer, open.body, bytes);
    },
    ended({ exchange, of }) {
      const leg = legs.get(exchange);
      if (leg === undefined) {
        return;
      }
      leg[of].isEnded = true;
      storePart(leg, of);
      change(exchange, of === "request" ? { request_ended_at: now } : { response_ended_at: now });
      if (leg.request.isEnded && leg.response.isEnded) {
        legs.delete(exchange);
      }
    },
    unreadable({ of, reason }) {
      writer.updateConnection(id, { protocol: "unreadable", reason: `HTTP ${of}: ${reason}` });
      lose(`its ${of} could not be read: ${reason}`);
    },
  };
  const http1: Http1 = createHttp1(events, state?.http1);

  function change(exchange: number, what: HttpLegChange): void {
    const leg = legs.get(exchange);
    if (leg !== undefined) {
      writer.httpLegs.change(leg.id, what);
    }
  }

  function storePart(leg: OpenLeg, of: Http1Part): void {
    const { body, isChanged: isGrown } = leg[of];
    if (body === undefined || !isGrown) {
      return;
    }
    leg[of].isChanged = false;
    storeBody(writer, body);
    const { number, size } = body;
    writer.httpLegs.change(
      leg.id,
      of === "request" ? { request_body: number, request_size: size } : { response_body: number, response_size: size },
    );
  }

  function store(): void {
    for (const leg of legs.values()) {
      storePart(leg, "request");
      storePart(leg, "response");
    }
  }

  /** Nothing more will come of what is open. */
  function lose(why: string): void {
    store();
    for (const { id: leg } of legs.values()) {
      writer.httpLegs.change(leg, { lost: why });
    }
    legs.clear();
  }

  return {
    id,
    push(side, bytes, at) {
      now = at;
      isChanged = true;
      http1.push(side === "host" ? "request" : "response", bytes);
    },
    /** Nobody intervenes in HTTP. */
    intervened() {},
    named() {},
    leaving() {},
    skip(_, at) {
      now = at;
      isChanged = true;
      lose("part of it was not recorded");
    },
    closed(at, end) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      now = at;
      if (end === undefined) {
        http1.closed();
      }
      lose(end === undefined ? "the connection ended first" : `the ${end.by} reset the connection (${end.code ?? ""})`);
      writer.updateConnection(id, { closed_at: at, ...(end !== undefined && { end: JSON.stringify(end) }) });
      writer.saveConnection(id, null);
    },
    save() {
      if (!isChanged || isClosed) {
        return;
      }
      isChanged = false;
      store();
      const saving: SavedConnection = { version: 1, http1: http1.save(), legs: [...legs] };
      writer.saveConnection(id, serialize(saving));
    },
  };
}

function opened(): Open {
  return { body: undefined, isEnded: false, isChanged: false };
}

function headerOf(headers: readonly Http1Header[], name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}
