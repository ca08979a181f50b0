/** Something a person can act on: `message` says what happened, `hint` what to do about it. */
export class InspectorError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
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
