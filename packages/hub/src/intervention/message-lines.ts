/** Messages on their way to a relay, in lines that it takes. */
import type { InterventionOrder } from "@inspector/contract/intervention-lines";

/** Bytes in one line: a multiple of three, so that the base64 of the parts together is that of the whole. */
const LINE_BYTES = 45_000;

type Long = Extract<InterventionOrder, { order: "replay" }> | Extract<InterventionOrder, { order: "release" }>;

/** The order with a message of any length, as one order a line. */
export function inLines<Order extends Long>(order: Omit<Order, "message" | "more">, bytes: Uint8Array): Order[] {
  const lines: Order[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += LINE_BYTES) {
    const message = Buffer.from(bytes.subarray(at, at + LINE_BYTES)).toString("base64");
    const isLast = at + LINE_BYTES >= bytes.length;
    lines.push({ ...order, message, ...(!isLast && { more: true }) } as Order);
  }
  return lines;
}
