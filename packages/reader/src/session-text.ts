/** The text index of an open session: built beside it, attached to its connection as soon as there is one. */
import type { Seq } from "@inspector/contract/page";
import type { TextSearch } from "@inspector/filter/message-terms";
import type { Database } from "@inspector/session/database";
import { createTextIndexReader, type TextIndexReader, type TextRange } from "@inspector/session/text/text-index";

/** Where a session is and where its index goes, as whoever opens databases names them. */
export type IndexingOrder = {
  readonly session: string;
  readonly index: string;
  /** Bytes that the index may take with its log; absent where there is no limit but its own. */
  readonly maxBytes?: number | undefined;
};

export type IndexingMessage = { readonly type: "indexed" } | { readonly type: "fault"; readonly reason: string };

/** Builds the index of a session and tells each time there is more of it. */
export type StartIndexing = (
  order: IndexingOrder,
  onMessage: (message: IndexingMessage) => void,
) => {
  stop(): void;
};

export type SessionText = {
  /** What is indexed; undefined while nothing is. */
  readonly range: TextRange | undefined;
  /** How far free text can be looked for by now, from the first message on; undefined where there will be no index. */
  readonly horizon: Seq | undefined;
  /** undefined where free text has to be looked for without an index. */
  search(after: Seq, through?: Seq): TextSearch | undefined;
  close(): void;
};

export type SessionTextOptions = {
  readonly database: Database;
  readonly session: string;
  /** Name of the index, for ATTACH. */
  readonly index: string;
  readonly startIndexing: StartIndexing;
  readonly onProgress: () => void;
};

export function createSessionText(options: SessionTextOptions): SessionText {
  const { database, session, index, startIndexing, onProgress } = options;
  let reader: TextIndexReader | undefined;
  let isClosed = false;
  let hasFailed = false;

  const indexing = startIndexing({ session, index }, (message) => {
    if (isClosed) {
      return;
    }
    hasFailed = message.type === "fault";
    if (hasFailed) {
      detach();
    } else {
      attach();
    }
    onProgress();
  });

  function attach(): void {
    if (reader !== undefined) {
      return;
    }
    database.prepare("ATTACH ? AS text_index").run(index);
    reader = createTextIndexReader(database, "text_index");
  }

  function detach(): void {
    if (reader === undefined) {
      return;
    }
    reader = undefined;
    database.exec("DETACH text_index");
  }

  return {
    get range() {
      return reader?.range;
    },
    get horizon() {
      return hasFailed ? undefined : (reader?.range?.through ?? 0);
    },
    search: (after, through) => reader?.search(after, through),
    close() {
      isClosed = true;
      // First this, then the thread: only a connection that writes takes the index's log away when it is the last to close.
      detach();
      indexing.stop();
    },
  };
}
