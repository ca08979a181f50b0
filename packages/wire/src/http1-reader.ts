/** One direction of an HTTP/1.1 connection: heads and bodies out of bytes that may be cut anywhere. */
import { latin1 } from "./latin1.ts";

/** Name and value as they stood, one character a byte. */
export type Http1Header = readonly [name: string, value: string];

/** How a body ends: after so many bytes, by its last chunk, or with the connection. */
export type BodyLength = number | "chunked" | "rest";

/** What a reader tells, synchronously and in the order of the wire. */
export type Http1Sink = {
  /** A head is complete. Answers how its body ends, or why nothing can be read any more. */
  head(startLine: string, headers: readonly Http1Header[]): BodyLength | { readonly reason: string };
  /** A view into what was pushed, never empty. */
  body(bytes: Uint8Array): void;
  end(): void;
};

/** Plain data, to go on from elsewhere. */
export type Http1ReaderState = {
  phase: "start" | "fields" | "body" | "chunk-size" | "chunk" | "chunk-end" | "trailers" | "rest";
  /** The line that is not complete yet, one character a byte. */
  line: string;
  startLine: string;
  fields: [string, string][];
  /** Bytes of lines since the head, or the trailers, began. */
  lineBytes: number;
  /** Bytes of the body or chunk that are still to come. */
  left: number;
};

/** Largest head, and largest trailers. The servers of the workers take 8 to 64 KiB. */
const MAX_LINE_BYTES = 256 * 1024;

const LF = 0x0a;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;

/**
 * One direction of HTTP/1.1: start lines, headers and bodies. It goes from a head to its body and to the next head, until something
 * makes no sense; then it reads nothing more.
 */
export class Http1Reader {
  readonly #sink: Http1Sink;
  #state: Http1ReaderState;

  constructor(sink: Http1Sink, state?: Http1ReaderState) {
    this.#sink = sink;
    this.#state = state === undefined ? beginning() : { ...state, fields: [...state.fields] };
  }

  /** Takes the next bytes; the reason when they are no HTTP/1.1, after which nothing more is to be pushed. */
  push(bytes: Uint8Array): string | undefined {
    let at = 0;
    while (at < bytes.length) {
      const { phase } = this.#state;
      if (phase === "body" || phase === "chunk" || phase === "rest") {
        at = this.#takeBody(bytes, at);
        continue;
      }
      const lineEnd = bytes.indexOf(LF, at);
      const end = lineEnd < 0 ? bytes.length : lineEnd + 1;
      this.#state.lineBytes += end - at;
      if (this.#state.lineBytes > MAX_LINE_BYTES) {
        return `a head of more than ${MAX_LINE_BYTES / 1024} KiB`;
      }
      this.#state.line += latin1(bytes, at, end);
      at = end;
      if (lineEnd < 0) {
        return undefined;
      }
      const line = this.#state.line.replace(/\r?\n$/u, "");
      this.#state.line = "";
      const reason = this.#takeLine(line);
      if (reason !== undefined) {
        return reason;
      }
    }
    return undefined;
  }

  /** No more bytes come, in good order: a body without a length ends by that. */
  close(): void {
    if (this.#state.phase === "rest") {
      this.#end();
    }
  }

  save(): Http1ReaderState {
    return { ...this.#state, fields: [...this.#state.fields] };
  }

  #takeBody(bytes: Uint8Array, from: number): number {
    const state = this.#state;
    const end = state.phase === "rest" ? bytes.length : Math.min(bytes.length, from + state.left);
    state.left -= state.phase === "rest" ? 0 : end - from;
    this.#sink.body(bytes.subarray(from, end));
    if (state.phase === "body" && state.left === 0) {
      this.#end();
    }
    if (state.phase === "chunk" && state.left === 0) {
      state.phase = "chunk-end";
    }
    return end;
  }

  #takeLine(line: string): string | undefined {
    const state = this.#state;
    switch (state.phase) {
      case "start":
        // RFC 9112, 2.2: an empty line before a head is skipped.
        if (line === "") {
          state.lineBytes = 0;
        } else {
          state.startLine = line;
          state.phase = "fields";
        }
        return undefined;
      case "fields":
        return line === "" ? this.#takeHead() : this.#takeField(line);
      case "chunk-size":
        return this.#takeChunkSize(line);
      case "chunk-end":
        state.phase = "chunk-size";
        state.lineBytes = 0;
        return line === "" ? undefined : "a chunk that is longer than it says";
      default:
        if (line === "") {
          this.#end();
        }
        return undefined;
    }
  }

  #takeField(line: string): string | undefined {
    const { fields } = this.#state;
    const last = fields.at(-1);
    if (isBlank(line[0])) {
      if (last === undefined) {
        return "a head whose first header is folded";
      }
      last[1] = `${last[1]} ${trim(line)}`;
      return undefined;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    if (!TOKEN.test(name)) {
      return "a header without a name";
    }
    fields.push([name, trim(line.slice(colon + 1))]);
    return undefined;
  }

  #takeHead(): string | undefined {
    const state = this.#state;
    const length = this.#sink.head(state.startLine, state.fields);
    if (typeof length === "object") {
      return length.reason;
    }
    state.startLine = "";
    state.fields = [];
    state.lineBytes = 0;
    if (length === "chunked") {
      state.phase = "chunk-size";
    } else if (length === "rest") {
      state.phase = "rest";
    } else if (length === 0) {
      this.#end();
    } else {
      state.phase = "body";
      state.left = length;
    }
    return undefined;
  }

  #takeChunkSize(line: string): string | undefined {
    const digits = /^([0-9A-Fa-f]{1,13})[ \t]*(?:;.*)?$/u.exec(line)?.[1];
    if (digits === undefined) {
      return "a chunk without a size";
    }
    this.#state.left = Number.parseInt(digits, 16);
    this.#state.lineBytes = 0;
    this.#state.phase = this.#state.left === 0 ? "trailers" : "chunk";
    return undefined;
  }

  #end(): void {
    this.#state = beginning();
    this.#sink.end();
  }
}

function beginning(): Http1ReaderState {
  return { phase: "start", line: "", startLine: "", fields: [], lineBytes: 0, left: 0 };
}

/** Without spaces and tabs at its ends; not by a regular expression, which takes the square of a long run of spaces. */
function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text[from])) {
    from += 1;
  }
  while (from < to && isBlank(text[to - 1])) {
    to -= 1;
  }
  return text.slice(from, to);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
