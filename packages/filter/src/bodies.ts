/** How the bytes of messages are laid out in a session, and the condition that they are there: filters and queries share it. */

/** A body is kept in parts of at most this many bytes, so that no message needs to be in memory as a whole. */
export const BODY_PART_BYTES = 1024 * 1024;

/** `body.id` is the body's number times this, and the part: 4096 parts of 1 MiB hold the largest gRPC message. */
export const BODY_PARTS = 4096;

/** Bodies of HTTP are seen while they come, and what is not full is written again: their first parts are smaller. */
export const SMALL_PART_BYTES = 64 * 1024;
export const SMALL_PARTS = 1024;

/** A row of `pack` holds at most this many bytes of small messages. `message.body` of such a message is -(pack * PACK_BYTES + offset). */
export const PACK_BYTES = 64 * 1024;

/**
 * SQL: whether the bytes of a message are not there, or not all of them. It asks for the bytes themselves: whatever gave
 * them up, and in which order, this stays true. A message larger than a part has its first and its last one, or it was given up.
 * @param alias of the row of `message`
 */
export function isBodyGone(alias: string): string {
  return isGone(`${alias}.body`, `${alias}.size`, `(${alias}.size - 1) / ${BODY_PART_BYTES}`);
}

/** SQL: the same of a copy of shared memory, of which as much is to be there as was stored. */
export const IS_COPY_GONE = isGone("body", "stored", `(stored - 1) / ${BODY_PART_BYTES}`);

/** SQL: the same of a body of HTTP, whose parts are smaller at first. @param of "request" or "response" */
export function isHttpBodyGone(of: "request" | "response"): string {
  const size = `${of}_size`;
  const small = SMALL_PART_BYTES * SMALL_PARTS;
  const last = `CASE WHEN ${size} <= ${small} THEN (${size} - 1) / ${SMALL_PART_BYTES}
    ELSE min(${SMALL_PARTS} + (${size} - 1 - ${small}) / ${BODY_PART_BYTES}, ${BODY_PARTS - 1}) END`;
  return isGone(`${of}_body`, size, last);
}

function isGone(body: string, size: string, lastPart: string): string {
  return `(${size} > 0 AND ${body} <> 0 AND NOT CASE WHEN ${body} < 0
    THEN EXISTS (SELECT 1 FROM pack WHERE id = -${body} / ${PACK_BYTES})
    ELSE EXISTS (SELECT 1 FROM body WHERE id = ${body} * ${BODY_PARTS})
      AND EXISTS (SELECT 1 FROM body WHERE id = ${body} * ${BODY_PARTS} + ${lastPart}) END)`;
}
