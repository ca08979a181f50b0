/**
 * Which rows of a long list are in the document, and where.
 *
 * Rows have one height, so this is arithmetic: a list that grows by a row costs nothing, at any length. (A general
 * virtualiser keeps the place of every row and computes all of them again for each growth: 20 ms at a million rows.)
 *
 * Browsers clamp an element's height, Firefox first at 17.8 million pixels. A longer list gets a scroll bar of
 * {@link MAX_HEIGHT} and two kinds of offset: `scrollTop`, what the browser knows, and `offset`, pixels into the list.
 */
export type ListShape = {
  readonly count: number;
  readonly rowHeight: number;
  /** Pixels of rows that are in sight. */
  readonly viewport: number;
};

export const MAX_HEIGHT = 15_000_000;

/** Rows above and below those in sight, at least, so that a quick flick of the wheel meets no emptiness. */
const OVERSCAN_ROWS = 4;

/** Rows come and go by so many: each time their block moves, and the browser paints all of it anew. */
const STEP_ROWS = 8;

/** Height of the scrolled content, for the browser. */
export function scrollHeight({ count, rowHeight }: ListShape): number {
  return Math.min(count * rowHeight, MAX_HEIGHT);
}

/** The largest `offset`. */
export function maxOffset({ count, rowHeight, viewport }: ListShape): number {
  return Math.max(0, count * rowHeight - viewport);
}

function maxScrollTop(shape: ListShape): number {
  return Math.max(0, scrollHeight(shape) - shape.viewport);
}

export function isScaled({ count, rowHeight }: ListShape): boolean {
  return count * rowHeight > MAX_HEIGHT;
}

export function toOffset(shape: ListShape, scrollTop: number): number {
  if (!isScaled(shape)) {
    return Math.min(Math.max(0, scrollTop), maxOffset(shape));
  }
  const max = maxScrollTop(shape);
  return max === 0 ? 0 : (Math.min(Math.max(0, scrollTop), max) / max) * maxOffset(shape);
}

export function toScrollTop(shape: ListShape, offset: number): number {
  if (!isScaled(shape)) {
    return offset;
  }
  const max = maxOffset(shape);
  return max === 0 ? 0 : (offset / max) * maxScrollTop(shape);
}

/** Rows `start` up to, not including, `end` are in the document. */
export type RowWindow = { readonly start: number; readonly end: number };

export function rowWindow(shape: ListShape, offset: number): RowWindow {
  const { start, end } = visibleRows(shape, offset);
  const first = Math.floor((start - OVERSCAN_ROWS) / STEP_ROWS) * STEP_ROWS;
  const last = Math.ceil((end + OVERSCAN_ROWS) / STEP_ROWS) * STEP_ROWS;
  return { start: Math.max(0, first), end: Math.min(shape.count, last) };
}

/** The rows that a person sees, without those held ready around them. */
export function visibleRows(shape: ListShape, offset: number): RowWindow {
  const first = Math.floor(offset / shape.rowHeight);
  return { start: first, end: Math.min(shape.count, Math.ceil((offset + shape.viewport) / shape.rowHeight)) };
}

/** The offset closest to `offset` at which row `index` is in sight as a whole. */
export function offsetToShow(shape: ListShape, offset: number, index: number): number {
  const top = index * shape.rowHeight;
  const lowest = top + shape.rowHeight - shape.viewport;
  return Math.min(Math.max(Math.min(Math.max(offset, lowest), top), 0), maxOffset(shape));
}

/** The offset at which row `index` is in the middle, for a jump from elsewhere. */
export function offsetToCenter(shape: ListShape, index: number): number {
  const centered = index * shape.rowHeight - (shape.viewport - shape.rowHeight) / 2;
  return Math.min(Math.max(centered, 0), maxOffset(shape));
}
