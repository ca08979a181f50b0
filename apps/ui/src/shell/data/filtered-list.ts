import type { Seq, ViewOf } from "@inspector/contract/page";
import { textTerm } from "@inspector/filter/term";
import type { Column } from "./column.ts";
import type { ColumnFrame } from "./column-frame.ts";
import type { SessionLink } from "./session-client.ts";

/** A filter and the rows that pass it. A new filter is a new view with a number and a column of its own. */
export type View<Rows = Column> = { readonly id: number; readonly filter: string; readonly column: Rows };

/** What a view's frames go into. */
type FrameColumn = Pick<Column, "take" | "cursor">;

export type FilterError = { readonly filter: string; readonly message: string; readonly offset: number };

/** Replaced, never changed in place. */
export type ListState<Rows = Column> = {
  /** The last view that worked: it stays while a newer filter is looked at or turns out to be wrong. */
  readonly view: View<Rows>;
  /** False until the hub said for the first time what passes the view's filter. */
  readonly isReady: boolean;
  readonly isFiltering: boolean;
  readonly error: FilterError | undefined;
};

export type FilteredListOptions<Rows> = {
  readonly what: ViewOf;
  readonly link: Pick<SessionLink, "subscribe" | "unsubscribe">;
  readonly createColumn: () => Rows;
  /** Numbers of views are the page's own, and used once. */
  readonly nextViewId: () => number;
  readonly onChange: () => void;
  /** Rows that are new, or not any more what they were. */
  readonly onRows: (ids: Uint32Array, gone: Uint32Array) => void;
};

/**
 * One list of the session under a filter. It is kept up to date only while it is watched; what it held until then
 * stays, and is resumed where it was left.
 */
export class FilteredList<Rows extends FrameColumn = Column> {
  readonly #options: FilteredListOptions<Rows>;
  #state: ListState<Rows>;
  #candidate: View<Rows> | undefined;
  #filter: string;
  #isWatched = false;

  constructor(options: FilteredListOptions<Rows>, filter: string) {
    this.#options = options;
    this.#filter = filter;
    this.#state = { view: this.#createView(filter), isReady: false, isFiltering: false, error: undefined };
  }

  get state(): ListState<Rows> {
    return this.#state;
  }

  watch(): void {
    if (this.#isWatched) {
      return;
    }
    this.#isWatched = true;
    this.#subscribe(this.#state.view);
    if (this.#filter !== this.#state.view.filter) {
      this.#apply();
    }
  }

  unwatch(): void {
    if (!this.#isWatched) {
      return;
    }
    this.#isWatched = false;
    this.#options.link.unsubscribe(this.#state.view.id);
    this.#dropCandidate();
    this.#set({ isFiltering: false });
  }

  /** Looks for what passes `filter`; until the answer is there, or if the filter is wrong, the view stays as it is. */
  setFilter(filter: string): void {
    if (this.#filter === filter) {
      return;
    }
    this.#filter = filter;
    if (this.#isWatched) {
      this.#apply();
    }
  }

  #apply(): void {
    this.#dropCandidate();
    if (this.#filter === this.#state.view.filter) {
      return this.#set({ isFiltering: false, error: undefined });
    }
    this.#candidate = this.#createView(this.#filter);
    this.#set({ isFiltering: true });
    this.#subscribe(this.#candidate);
  }

  /** Numbers of the old session mean nothing in the new one. */
  startOver(): void {
    this.#dropCandidate();
    this.#replace(this.#filter);
  }

  /** Whether the frame was for this list. */
  receive(frame: ColumnFrame): boolean {
    if (frame.view === this.#candidate?.id) {
      this.#promote(this.#candidate);
    }
    const { view } = this.#state;
    if (frame.view !== view.id) {
      return false;
    }
    view.column.take(frame.ids, frame.gone, frame.cursor);
    this.#options.onRows(frame.ids, frame.gone);
    if (!this.#state.isReady) {
      this.#set({ isReady: true });
    }
    return true;
  }

  /** The hub says that a view's filter cannot be read. */
  reject(id: number, message: string, offset: number): void {
    const rejected = id === this.#candidate?.id ? this.#candidate : this.#state.view;
    if (rejected.id !== id) {
      return;
    }
    const isCandidate = rejected === this.#candidate;
    if (isCandidate) {
      this.#dropCandidate();
    }
    // The filter of a followed link was wrong, so there is no last good result to keep.
    else {
      this.#replace("");
    }
    this.#set({ isFiltering: false, error: { filter: rejected.filter, message, offset } });
  }

  #promote(candidate: View<Rows>): void {
    this.#options.link.unsubscribe(this.#state.view.id);
    this.#candidate = undefined;
    this.#set({ view: candidate, isReady: true, isFiltering: false, error: undefined });
  }

  #replace(filter: string): void {
    if (this.#isWatched) {
      this.#options.link.unsubscribe(this.#state.view.id);
    }
    const view = this.#createView(filter);
    this.#set({ view, isReady: false, isFiltering: false, error: undefined });
    if (this.#isWatched) {
      this.#subscribe(view);
    }
  }

  #subscribe({ id, filter, column }: View<Rows>): void {
    this.#options.link.subscribe(id, this.#options.what, filter, column.cursor);
  }

  #dropCandidate(): void {
    if (this.#candidate) {
      this.#options.link.unsubscribe(this.#candidate.id);
    }
    this.#candidate = undefined;
  }

  #createView(filter: string): View<Rows> {
    return { id: this.#options.nextViewId(), filter, column: this.#options.createColumn() };
  }

  #set(change: Partial<ListState<Rows>>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onChange();
  }
}

/** Where a failure is: rows of the same filter that failed, were lost, or were answered with a server error. */
export function failuresFilter(filter: string): string {
  const failed = "(status:failed OR is:lost OR http:5xx)";
  return filter === "" ? failed : `(${filter}) ${failed}`;
}

/** What a find in a list hits: rows of the same filter that have the text. */
export function findFilter(filter: string, text: string): string {
  if (text === "") {
    return filter;
  }
  return filter === "" ? textTerm(text) : `(${filter}) ${textTerm(text)}`;
}

/** The number in `column` behind `from`, or the first one again; undefined when it is empty. */
export function nextIn(column: Column, from: Seq | undefined): Seq | undefined {
  return column.at(from === undefined ? 0 : column.lowerBound(from + 1)) ?? column.at(0);
}
