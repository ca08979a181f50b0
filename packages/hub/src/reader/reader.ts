/** Answers questions about sessions, one piece of work at a time, so that a desk can see which one takes too long. */
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { answerPage } from "@inspector/reader/routes";
import type { StartIndexing } from "@inspector/reader/session-text";
import { createViews, type Views } from "@inspector/reader/views";
import type { KeptSessions } from "../kept-sessions.ts";
import { createIndexFollowers } from "./index-followers.ts";
import { createInfoWatches, type InfoWatches } from "./info-watch.ts";
import type { Asked, FromReader, Indexed, LiveState, Questions, ToReader } from "./lines.ts";
import { WORK_COUNT, WORK_ID } from "./lines.ts";
import type { Indexing } from "./open-session.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { WaitingQuestions } from "./waiting-questions.ts";

const LOST_HINT = "What passes is kept in the journal, and shown once it can be written to a file.";

export type ReaderOptions = {
  /** The session that the hub was started with. */
  readonly file: string;
  readonly kept: KeptSessions;
  readonly isRecording: boolean;
  readonly isWatchingProblems: boolean;
  /** Bytes that the session may have, where there is a limit. */
  readonly maxBytes?: number | undefined;
  /** Absent where free text is only looked for in the rows. Without `start` another reader builds the indexes, and tells. */
  readonly indexing?: { readonly start?: StartIndexing; readonly state: Indexing["state"] } | undefined;
  readonly work: Int32Array;
  readonly post: (message: FromReader, transfer?: readonly ArrayBuffer[]) => void;
};

export type Reader = {
  receive(message: ToReader): void;
  close(): void;
};

/**
 * Work is done in turns: one question, then one slice of one view, so that neither waits for all of the other; messages
 * are received between two turns.
 */
export function createReader(options: ReaderOptions): Reader {
  const { kept, isRecording, indexing, work, post } = options;
  const followers = createIndexFollowers();
  let state: LiveState = isRecording ? { source: "live" } : {};
  const indexed = new Map<string, Indexed>();
  const sessions: Sessions = createSessions(kept, {
    file: options.file,
    isRecording,
    isWatchingProblems: options.isWatchingProblems,
    ...(indexing !== undefined && {
      indexingOf: (key) => ({ state: indexing.state, start: indexing.start ?? followers.startOf(key) }),
    }),
    describe: (stored, key) => ({
      ...stored,
      ...(key === "" && state),
      ...indexed.get(key),
      size: { ...stored.size, ...(key === "" && options.maxBytes !== undefined && { max: options.maxBytes }) },
    }),
    // Nobody asked before the file was lost: why it is, which the ingest tells, says more than that it is not there.
    explain(error) {
      const { recordingFault } = state;
      return error instanceof InspectorError && recordingFault !== undefined
        ? new InspectorError(error.code, recordingFault, { hint: LOST_HINT, cause: error })
        : error;
    },
    onProgress(key, { text }) {
      const range = text?.range;
      const known: Indexed = range === undefined ? {} : { indexed: range.through, indexedFrom: range.from };
      indexed.set(key, known);
      if (indexing?.start !== undefined) {
        post({
          type: "indexed",
          session: key,
          indexed: known,
          ...(text?.horizon === undefined && { hasFailed: true }),
        });
      }
      views.grow(key);
      watches.look(key);
    },
    onProblems: (key) => watches.look(key),
  });
  const waiting = new WaitingQuestions();
  const views: Views = createViews({
    session: (key) => sessions.byKey(key),
    post,
    onDue: schedule,
  });
  const watches: InfoWatches = createInfoWatches({ info: (key) => sessions.byKey(key).info(), post });
  let turn: NodeJS.Immediate | undefined = setImmediate(() => {
    openCurrent();
    takeTurn();
  });

  /** Problems are looked for and texts indexed before anybody asks. */
  function openCurrent(): void {
    try {
      sessions.byKey("");
    } catch {
      // Whoever asks is told why.
    }
  }

  function schedule(): void {
    turn ??= setImmediate(takeTurn);
  }

  function takeTurn(): void {
    turn = undefined;
    const next = waiting.take();
    if (next !== undefined) {
      const [id, asked] = next;
      atWork(id, () => answer(id, asked));
    }
    const view = views.next();
    if (view !== undefined) {
      atWork(-view, () => views.step(view));
    }
    if (waiting.size > 0 || views.isDue) {
      schedule();
    }
  }

  function atWork(id: number, begin: () => void): void {
    Atomics.add(work, WORK_COUNT, 1);
    Atomics.store(work, WORK_ID, id);
    begin();
    Atomics.store(work, WORK_ID, 0);
  }

  function answer(id: number, asked: Asked): void {
    try {
      const value = answerOf(asked);
      post({ type: "answer", id, value }, transferable(value));
    } catch (error) {
      if (error instanceof InspectorError) {
        const { code, message, hint } = error;
        post({ type: "refusal", id, code, message, ...(hint !== undefined && { hint }) });
      } else {
        post({ type: "fault", id, message: reasonOf(error) });
      }
    }
  }

  function answerOf(asked: Asked): ReturnType<Questions[keyof Questions]> {
    switch (asked.name) {
      case "page":
        return answerPage(sessions, ...asked.given);
      case "session":
        return sessions.key(...asked.given);
    }
  }

  function recorded(marked: readonly number[]): void {
    views.mark("", marked);
    views.grow("");
    watches.look("");
  }

  return {
    receive(message) {
      switch (message.type) {
        case "question":
          waiting.add(message.id, message.asked);
          return schedule();
        case "drop":
          return waiting.drop(message.id);
        case "open-view":
          return views.open(message.view, message.session, message.order);
        case "close-view":
          return views.close(message.view);
        case "next":
          return views.allow(message.view);
        case "watch":
          return watches.add(message.session);
        case "unwatch":
          return watches.remove(message.session);
        case "recorded":
          state = message.state;
          return recorded(message.marked);
        case "indexed":
          indexed.set(message.session, message.indexed);
          followers.take(
            message.session,
            message.hasFailed === true ? { type: "fault", reason: "" } : { type: "indexed" },
          );
          return watches.look(message.session);
        case "stop":
          return;
      }
    },
    close() {
      clearImmediate(turn);
      views.clear();
      watches.clear();
      sessions.close();
    },
  };
}

/** What goes to the desk without being copied. */
function transferable(value: unknown): ArrayBuffer[] {
  const body = typeof value === "object" && value !== null && "body" in value ? value.body : undefined;
  if (!(body instanceof Uint8Array) || !(body.buffer instanceof ArrayBuffer)) {
    return [];
  }
  // A small Buffer is a part of a pool that others use.
  return body.byteLength === body.buffer.byteLength ? [body.buffer] : [];
}
