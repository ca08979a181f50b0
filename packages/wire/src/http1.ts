/** Both directions of an HTTP/1.1 connection: requests, and the responses that belong to them. */
import { type BodyLength, type Http1Header, Http1Reader, type Http1ReaderState } from "./http1-reader.ts";

/** A direction of HTTP/1.1 by what comes in it. */
export type Http1Part = "request" | "response";

/**
 * What is told of a connection, synchronously and in the order of the wire. Exchanges count 1, 2, 3 … in the order of
 * their requests. Names and values of headers are as they stood, one character a byte (latin1); informational responses
 * (1xx) are left out.
 */
export type Http1Events = {
  request(event: {
    readonly exchange: number;
    readonly method: string;
    readonly target: string;
    readonly headers: readonly Http1Header[];
  }): void;
  response(event: {
    readonly exchange: number;
    readonly status: number;
    readonly reason: string;
    readonly headers: readonly Http1Header[];
  }): void;
  /** Content without chunk borders, as a view into what was pushed; never empty. */
  body(event: { readonly exchange: number; readonly of: Http1Part; readonly bytes: Uint8Array }): void;
  /** The message is complete. Of what the connection cut off nothing is told here. */
  ended(event: { readonly exchange: number; readonly of: Http1Part }): void;
  /** These bytes cannot be understood; the connection says nothing more, though it still takes bytes. */
  unreadable(event: { readonly of: Http1Part; readonly reason: string }): void;
};

type Waiting = { readonly exchange: number; readonly method: string };

/** Plain data that survives a structured clone, as long as the connection's open heads. */
export type Http1State = {
  readonly isReadable: boolean;
  readonly exchanges: number;
  readonly waiting: readonly Waiting[];
  readonly isInterim: boolean;
  readonly request: Http1ReaderState;
  readonly response: Http1ReaderState;
};

/** A connection of HTTP/1.1 while it is read. */
export type Http1 = {
  /** Takes the next bytes of a direction, cut anywhere. Never throws of its own. */
  push(of: Http1Part, bytes: Uint8Array): void;
  /** The connection ended in good order: a response without a length is complete by that. */
  closed(): void;
  save(): Http1State;
};

/** Requests that wait for a response at once. */
const MAX_PIPELINED = 1000;

const REQUEST_LINE = /^(\S+) (\S+) HTTP\/1\.\d$/u;
const STATUS_LINE = /^HTTP\/1\.\d (\d{3})(?: (.*))?$/u;

/** Reads one connection from its first byte, or on from a saved state: the same bytes give the same events. */
export function createHttp1(events: Http1Events, saved?: Http1State): Http1 {
  let isReadable = saved?.isReadable ?? true;
  let exchanges = saved?.exchanges ?? 0;
  const waiting: Waiting[] = [...(saved?.waiting ?? [])];
  /** The response that is being read is an informational one. */
  let isInterim = saved?.isInterim ?? false;

  const request = new Http1Reader(
    {
      head(startLine, headers) {
        const [, method, target] = REQUEST_LINE.exec(startLine) ?? [];
        if (method === undefined || target === undefined) {
          return { reason: "it does not begin as HTTP/1.1 does" };
        }
        if (waiting.length >= MAX_PIPELINED) {
          return { reason: `more than ${MAX_PIPELINED} requests without a response` };
        }
        const length = bodyLength(headers);
        if (length === "invalid" || length === "rest") {
          return { reason: "a request whose length is not clear" };
        }
        exchanges += 1;
        waiting.push({ exchange: exchanges, method });
        events.request({ exchange: exchanges, method, target, headers });
        return length ?? 0;
      },
      body: (bytes) => events.body({ exchange: exchanges, of: "request", bytes }),
      end: () => events.ended({ exchange: exchanges, of: "request" }),
    },
    saved?.request,
  );

  const response = new Http1Reader(
    {
      head(startLine, headers) {
        const [, digits, reason = ""] = STATUS_LINE.exec(startLine) ?? [];
        const [of] = waiting;
        if (digits === undefined) {
          return { reason: "it does not answer as HTTP/1.1 does" };
        }
        if (of === undefined) {
          return { reason: "a response without a request" };
        }
        const status = Number(digits);
        if (status === 101 || (of.method === "CONNECT" && status < 300)) {
          return { reason: "it became another protocol" };
        }
        isInterim = status < 200;
        if (isInterim) {
          return 0;
        }
        const hasNoBody = of.method === "HEAD" || status === 204 || status === 304;
        const length = hasNoBody ? 0 : (bodyLength(headers) ?? "rest");
        if (length === "invalid") {
          return { reason: "a response whose length is not clear" };
        }
        events.response({ exchange: of.exchange, status, reason, headers });
        return length;
      },
      body: (bytes) => events.body({ exchange: waiting[0]?.exchange ?? 0, of: "response", bytes }),
      end() {
        if (isInterim) {
          return;
        }
        const ended = waiting.shift();
        if (ended !== undefined) {
          events.ended({ exchange: ended.exchange, of: "response" });
        }
      },
    },
    saved?.response,
  );

  return {
    push(of, bytes) {
      if (!isReadable) {
        return;
      }
      const reason = of === "request" ? request.push(bytes) : response.push(bytes);
      if (reason === undefined) {
        return;
      }
      isReadable = false;
      events.unreadable({ of, reason });
    },
    closed() {
      if (isReadable) {
        response.close();
      }
      isReadable = false;
    },
    save: () => ({
      isReadable,
      exchanges,
      waiting: [...waiting],
      isInterim,
      request: request.save(),
      response: response.save(),
    }),
  };
}

/**
 * How a body ends by its headers alone; undefined where they say nothing.
 * @see RFC 9112, 6.3
 */
function bodyLength(headers: readonly Http1Header[]): BodyLength | "invalid" | undefined {
  const values = (name: string): string[] =>
    headers.flatMap(([key, value]) => (key.toLowerCase() === name ? value.split(",").map((one) => one.trim()) : []));
  const codings = values("transfer-encoding");
  if (codings.length > 0) {
    return codings.at(-1)?.toLowerCase() === "chunked" ? "chunked" : "rest";
  }
  const [length, ...others] = values("content-length");
  if (length === undefined) {
    return undefined;
  }
  return /^\d{1,15}$/u.test(length) && others.every((other) => other === length) ? Number(length) : "invalid";
}
