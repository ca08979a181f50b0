/**
 * Every kind of {@link InspectorError}. Programs decide by it, people by message and hint. What the hub answers with one is a
 * status of HTTP, see packages/hub/src/page-answer.ts.
 */
export type ErrorCode =
  | "already-attached"
  | "bad-address"
  | "bad-body"
  | "bad-config"
  | "bad-count"
  | "bad-filter"
  | "bad-format"
  | "bad-id"
  | "bad-message"
  | "bad-label"
  | "bad-name"
  | "bad-option"
  | "bad-origin"
  | "bad-parameter"
  | "bad-path"
  | "bad-size"
  | "bad-timing"
  | "busy"
  | "export-failed"
  | "file-exists"
  | "function-not-loaded"
  | "hub-away"
  | "hub-failed"
  | "internal"
  | "journal-moved"
  | "loop"
  | "method-not-allowed"
  | "missing-app"
  | "missing-command"
  | "missing-option"
  | "missing-worker"
  | "name-taken"
  | "newer-session"
  | "no-answer"
  | "no-start-up"
  | "no-state-folder"
  | "no-such-export"
  | "no-such-invocation"
  | "no-such-leg"
  | "no-such-map"
  | "no-such-message"
  | "no-such-recording"
  | "no-such-rule"
  | "no-such-run"
  | "no-such-session"
  | "no-such-stream"
  | "not-a-session"
  | "not-built"
  | "not-found"
  | "not-held"
  | "not-json"
  | "not-live"
  | "not-replayable"
  | "not-compared"
  | "not-sent"
  | "not-shown"
  | "not-written"
  | "not-supported"
  | "nothing-recorded"
  | "nothing-to-replay"
  | "port-denied"
  | "port-taken"
  | "range"
  | "relay-away"
  | "session-denied"
  | "session-in-use"
  | "session-live"
  | "session-lost"
  | "session-open"
  | "session-waiting"
  | "several-runtimes"
  | "stopped"
  | "stream-ended"
  | "too-large"
  | "too-many"
  | "took-too-long"
  | "ui-port-taken"
  | "unknown-command"
  | "worker-failed"
  | "worker-gone"
  | "wrong-host"
  | "wrong-origin"
  | "wrong-token";

/** Something a person can act on: `message` says what happened, `hint` what to do about it. */
export class InspectorError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "InspectorError";
    this.code = code;
    this.hint = options.hint;
  }
}

/** What is said about whatever was thrown. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
