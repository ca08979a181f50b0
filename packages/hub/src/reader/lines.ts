/** What the desk and a reader say to each other, over the port between their threads. */
import type { ErrorCode } from "@inspector/contract/inspector-error";
import type { Seq, SessionInfo } from "@inspector/contract/page";
import type { SessionChanges } from "@inspector/contract/session-changes";
import type { PageAnswer } from "@inspector/reader/page-answer";
import type { PageRequest, ViewOrder } from "@inspector/reader/page-request";
import type { ViewLine } from "@inspector/reader/views";

/** Questions that have one answer, by their names. */
export type Questions = {
  page(request: PageRequest): PageAnswer;
  /**
   * The key of a session that a page wants to listen to: "" for the one that the hub was started with.
   * @throws {InspectorError} "no-such-session", "not-a-session", "newer-session"
   */
  session(name: string | null): string;
};

export type Asked<K extends keyof Questions = keyof Questions> = {
  readonly [N in K]: { readonly name: N; readonly given: Parameters<Questions[N]> };
}[K];

/** What is known of the session that is recorded beside its file, all of it each time. */
export type LiveState = Partial<SessionInfo>;

/** How far free text of a session is indexed. */
export type Indexed = Pick<SessionInfo, "indexed" | "indexedFrom">;

/** How far it is; `hasFailed` where there will be no index. */
type IndexedMessage = {
  readonly type: "indexed";
  readonly session: string;
  readonly indexed: Indexed;
  readonly hasFailed?: boolean;
};

export type ToReader =
  | { readonly type: "question"; readonly id: number; readonly asked: Asked }
  /** Nobody waits for the answer any more. */
  | { readonly type: "drop"; readonly id: number }
  /** `session` is a key. */
  | { readonly type: "open-view"; readonly view: number; readonly session: string; readonly order: ViewOrder }
  | { readonly type: "close-view"; readonly view: number }
  /** The last frame of a view is on its way to the pages: the next may come. */
  | { readonly type: "next"; readonly view: number }
  /** A page listens to a session: its information is told now, and its changes from now on. */
  | { readonly type: "watch"; readonly session: string }
  | { readonly type: "unwatch"; readonly session: string }
  /** Something was recorded in the current session; these messages are marked otherwise than before. */
  | { readonly type: "recorded"; readonly state: LiveState; readonly marked: readonly Seq[] }
  | IndexedMessage
  | { readonly type: "stop" };

export type FromReader =
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | {
      readonly type: "refusal";
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint?: string;
    }
  | { readonly type: "fault"; readonly id: number; readonly message: string }
  | ViewLine
  | { readonly type: "info"; readonly session: string; readonly info: SessionInfo }
  | { readonly type: "info-changed"; readonly session: string; readonly changes: SessionChanges }
  | IndexedMessage;

/**
 * Two words of shared memory by which a desk sees what a reader is at, though it does not answer: how many pieces of work
 * it has begun, and the number of this one (of a question, or minus that of a view); 0 while it waits.
 */
export const WORK_COUNT = 0;
export const WORK_ID = 1;
