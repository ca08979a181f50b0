/** The views that pages are looking at: columns of numbers, told slice by slice, each as fast as its pages take it. */

import { reasonOf } from "@inspector/contract/inspector-error";
import type { Seq, ViewOf } from "@inspector/contract/page";
import type { Filter } from "@inspector/filter/filter";
import { parseFilter } from "@inspector/filter/parse";
import { createLineView } from "./line-view.ts";
import {
  createInvocationView,
  createLogView,
  createMessageView,
  type Frame,
  type LiveView,
  type ViewSources,
} from "./live-view.ts";
import type { ViewOrder } from "./page-request.ts";
import type { ReadSession } from "./read-session.ts";

/** Views hear of new messages at most this often, and less often where telling all of them takes longer than half of that. */
const GROWTH_MS = 50;

/** What is told of views, by their numbers. */
export type ViewLine =
  /** A binary frame of the contract without its first word: cursor, hits, ids, gone. */
  | { readonly type: "frame"; readonly view: number; readonly words: Uint32Array<ArrayBuffer> }
  /** A view is closed: another one gives the same from here on. */
  | { readonly type: "merged"; readonly view: number; readonly into: number }
  /** A view is closed. */
  | { readonly type: "invalid-filter"; readonly view: number; readonly message: string; readonly offset: number }
  | { readonly type: "view-failed"; readonly view: number; readonly message: string };

export type Views = {
  open(number: number, session: string, order: ViewOrder): void;
  close(number: number): void;
  /** The desk can take another frame of this view. */
  allow(number: number): void;
  mark(session: string, seqs: readonly Seq[]): void;
  /** Something may be new in a session. */
  grow(session: string): void;
  /** The view whose turn it is; undefined where there is nothing to tell right now. */
  next(): number | undefined;
  /** Tells one slice of it. */
  step(number: number): void;
  readonly isDue: boolean;
  clear(): void;
};

/**
 * States of a view: due (there may be something to tell), waiting (a frame is on its way, the desk has not asked for the
 * next), at rest (all is told until something new is recorded). Two views at rest of the same filter that are equally far
 * become one.
 */
type Open = {
  readonly view: LiveView;
  readonly session: string;
  /** What views must have in common to become one. */
  readonly kind: string;
  readonly release: () => void;
  isDue: boolean;
  isWaiting: boolean;
};

const VIEWS: Readonly<Record<ViewOf, (sources: ViewSources, filter: Filter | undefined, after: Seq) => LiveView>> = {
  messages: createMessageView,
  invocations: createInvocationView,
  logs: createLogView,
  lines: createLineView,
};

export type ViewsOptions = {
  readonly session: (key: string) => ReadSession;
  readonly post: (message: ViewLine, transfer?: readonly ArrayBuffer[]) => void;
  readonly onDue: () => void;
  /** Whether views that give the same from here on become one (default: true). Nobody gains by it who has one page only. */
  readonly isMerging?: boolean;
};

export function createViews({ session, post, onDue, isMerging = true }: ViewsOptions): Views {
  const views = new Map<number, Open>();
  /** Sessions in which something new has not been told yet. */
  const grown = new Set<string>();
  let growthTimer: ReturnType<typeof setTimeout> | undefined;
  /** Until when what is recorded is collected. */
  let quietUntil = 0;
  /** Time that slices have taken since the last growth. */
  let spent = 0;

  function close(number: number): void {
    views.get(number)?.release();
    views.delete(number);
  }

  function tellGrowth(): void {
    growthTimer = undefined;
    quietUntil = performance.now() + Math.max(GROWTH_MS, 2 * spent);
    spent = 0;
    for (const open of views.values()) {
      if (grown.has(open.session)) {
        open.isDue = true;
      }
    }
    grown.clear();
    if (views.size > 0) {
      onDue();
    }
  }

  /** A view that is at rest where another one is becomes that one. */
  function merge(number: number, { view, kind }: Open): void {
    const { rest } = view;
    if (rest === undefined || !isMerging) {
      return;
    }
    for (const [other, open] of views) {
      if (other === number || open.isDue || open.isWaiting || open.kind !== kind || open.view.rest !== rest) {
        continue;
      }
      post({ type: "merged", view: number, into: other });
      return close(number);
    }
  }

  function send(number: number, { cursor, ids, gone }: Frame): void {
    const words = new Uint32Array(2 + ids.length + gone.length);
    words.set([cursor, ids.length]);
    words.set(ids, 2);
    words.set(gone, 2 + ids.length);
    post({ type: "frame", view: number, words }, [words.buffer]);
  }

  function fail(number: number, error: unknown): void {
    close(number);
    post({ type: "view-failed", view: number, message: reasonOf(error) });
  }

  const ready = (): [number, Open] | undefined => [...views].find(([, open]) => open.isDue && !open.isWaiting);

  return {
    open(number, key, { what, filter: text, after }) {
      const parsed = parseFilter(text);
      if (!parsed.ok) {
        const { message, offset } = parsed;
        return post({ type: "invalid-filter", view: number, message, offset });
      }
      try {
        const filter = parsed.filter.type === "all" ? undefined : parsed.filter;
        const source = session(key);
        const view = VIEWS[what](source, filter, after);
        const kind = JSON.stringify([key, what, parsed.filter]);
        views.set(number, { view, session: key, kind, release: source.use(), isDue: true, isWaiting: false });
        onDue();
      } catch (error) {
        fail(number, error);
      }
    },
    close,
    allow(number) {
      const open = views.get(number);
      if (open === undefined) {
        return;
      }
      open.isWaiting = false;
      if (open.isDue) {
        onDue();
      } else {
        merge(number, open);
      }
    },
    mark(key, seqs) {
      if (seqs.length > 0) {
        for (const open of views.values()) {
          if (open.session === key) {
            open.view.mark(seqs);
          }
        }
      }
    },
    grow(key) {
      grown.add(key);
      growthTimer ??= setTimeout(tellGrowth, Math.max(0, quietUntil - performance.now()));
    },
    next: () => ready()?.[0],
    step(number) {
      const open = views.get(number);
      if (open === undefined) {
        return;
      }
      // Behind all others: each has its turn.
      views.delete(number);
      views.set(number, open);
      const began = performance.now();
      try {
        const frame = open.view.next();
        open.isDue = open.view.isMore;
        open.isWaiting = frame !== undefined;
        if (frame !== undefined) {
          send(number, frame);
        } else {
          merge(number, open);
        }
      } catch (error) {
        fail(number, error);
      }
      spent += performance.now() - began;
    },
    get isDue() {
      return ready() !== undefined;
    },
    clear() {
      clearTimeout(growthTimer);
      for (const number of [...views.keys()]) {
        close(number);
      }
    },
  };
}
