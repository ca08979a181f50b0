export type HostErrorCode =
  | "app-missing"
  | "configuration-invalid"
  | "worker-config-missing"
  | "worker-config-invalid"
  | "worker-missing"
  | "worker-disabled"
  | "wrong-worker"
  | "worker-failed"
  | "metadata-failed"
  | "no-worker"
  | "gave-up"
  | "unknown-function"
  | "function-not-loaded"
  | "address-unavailable"
  | "closed";

/** What a user of the stand-in host can act on: `message` says what happened, `hint` what to do about it. */
export class HostError extends Error {
  readonly code: HostErrorCode;
  readonly hint: string | undefined;

  constructor(code: HostErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "HostError";
    this.code = code;
    this.hint = options.hint;
  }
}

/** The text of whatever was thrown. */
export function formatCause(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
