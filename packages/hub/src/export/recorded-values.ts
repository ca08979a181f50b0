/** Bodies of a session that are no messages: what crossed over HTTP, and in shared memory. */
import type { Redactor } from "@inspector/analysis/redaction/redactor";
import { BODY_PART_BYTES } from "@inspector/filter/bodies";
import type { Place } from "@inspector/proto";
import type { Queries } from "@inspector/session/queries";
import { httpPartBytes, type PartBytes } from "@inspector/session/session-tables";
import type { Writer } from "@inspector/session/writer";

/** A larger one is not looked into: of a redacted session it is left out. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

const HTTP_BODY: Place = { class: "body", field: "http_leg.body", name: "body" };
const MAP: Place = { class: "body", field: "shared_memory.body", name: "body" };
const SPACE = 0x20;

/** @param redactor that learns what is in them */
export function learnHttpBody(queries: Queries, body: number, redactor: Redactor): void {
  const bytes = readBody(queries, body);
  if (bytes !== undefined) {
    redactor.bytes(bytes, HTTP_BODY);
  }
}

export function learnMap(queries: Queries, body: number, redactor: Redactor): void {
  const bytes = readBody(queries, body);
  if (bytes !== undefined) {
    redactor.bytes(bytes, MAP);
  }
}

/** A body in another session: its number there, and its bytes. */
export type CopiedBody = { readonly body: number; readonly size: number };

/** Undefined where there is nothing, and where it is too large to be looked into. @param redactor undefined to copy it as it is */
export function copyHttpBody(
  queries: Queries,
  writer: Writer,
  body: number,
  redactor: Redactor | undefined,
): CopiedBody | undefined {
  if (redactor === undefined) {
    return copyAsItIs(queries, writer, body, httpPartBytes);
  }
  const bytes = readBody(queries, body);
  if (bytes === undefined) {
    return undefined;
  }
  const redacted = redactor.bytes(bytes, HTTP_BODY);
  return { body: storeHttpBody(writer, redacted), size: redacted.length };
}

/** As {@link copyHttpBody}; messages say how long a value in a map is, so it keeps its length. */
export function copyMap(
  queries: Queries,
  writer: Writer,
  body: number,
  redactor: Redactor | undefined,
): CopiedBody | undefined {
  if (redactor === undefined) {
    return copyAsItIs(queries, writer, body, () => BODY_PART_BYTES);
  }
  const bytes = readBody(queries, body);
  if (bytes === undefined) {
    return undefined;
  }
  const padded = new Uint8Array(bytes.length).fill(SPACE);
  padded.set(redactor.bytes(bytes, MAP).subarray(0, padded.length));
  return { body: storeLargeBody(writer, padded), size: padded.length };
}

function readBody(queries: Queries, body: number): Uint8Array | undefined {
  const size = queries.bodySize(body);
  return size === 0 || size > MAX_BODY_BYTES ? undefined : queries.bodyBytes(body, 0, size);
}

/** Part by part, whatever its size. */
function copyAsItIs(queries: Queries, writer: Writer, from: number, partBytes: PartBytes): CopiedBody | undefined {
  const size = queries.bodySize(from);
  if (size === 0) {
    return undefined;
  }
  const body = store(writer, size, partBytes, (at, end) => queries.bodyBytes(from, at, end));
  return { body, size };
}

/** Stores a body as the ingest does. @returns its number */
export function storeHttpBody(writer: Writer, bytes: Uint8Array): number {
  return store(writer, bytes.length, httpPartBytes, (at, end) => bytes.subarray(at, end));
}

/** Stores what is in parts of the usual size. @returns its number */
export function storeLargeBody(writer: Writer, bytes: Uint8Array): number {
  return store(
    writer,
    bytes.length,
    () => BODY_PART_BYTES,
    (at, end) => bytes.subarray(at, end),
  );
}

function store(
  writer: Writer,
  size: number,
  partBytes: PartBytes,
  bytes: (at: number, end: number) => Uint8Array,
): number {
  const body = writer.bodies.open();
  for (let part = 0, at = 0; at < size; part += 1) {
    const end = at + partBytes(part);
    writer.bodies.part(body, part, bytes(at, end));
    at = end;
  }
  writer.bodies.complete(body);
  return body;
}
