import type { RowOrder } from "../../shell/data/row-order.ts";

/**
 * The row of `found` that is next to `from` in the order of the log, round at its ends.
 * @param found rows of `order`, in its order
 * @param from a row of `order`, hit or not; undefined for its beginning, or going back its end
 */
export function nextHit(
  found: Pick<RowOrder, "length" | "at">,
  order: Pick<RowOrder, "indexOf">,
  from: number | undefined,
  by: 1 | -1,
): number | undefined {
  const place = from === undefined ? -1 : order.indexOf(from);
  let low = 0;
  let high = found.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (order.indexOf(found.at(middle) ?? 0) < place) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const isOnHit = from !== undefined && found.at(low) === from;
  const index = by === 1 ? low + (isOnHit ? 1 : 0) : low - 1;
  return found.length === 0 ? undefined : found.at((index + found.length) % found.length);
}
