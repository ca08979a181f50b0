import type { Seq, ViewOf } from "@inspector/contract/page";

/** A request of the page that passed whoever lets requests in. */
export type PageRequest = {
  readonly method: string;
  /** Below /api/, as it stood. */
  readonly path: string;
  /** What follows the question mark. */
  readonly query: string;
  /** The Range header. */
  readonly range?: string | undefined;
  /** Of a request that changes something, read as JSON. */
  readonly body?: unknown;
};

export type ViewOrder = {
  readonly what: ViewOf;
  readonly filter: string;
  /** The cursor of the last frame that is known, 0 for none. */
  readonly after: Seq;
};
