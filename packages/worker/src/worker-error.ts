/** An error the person who started the worker can act on: `message` says what happened, `hint` what to do about it. */
export class WorkerError extends Error {
  override readonly name = "WorkerError";
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** One text of a WorkerError for a terminal: what happened, then the hint on its own line. */
export function formatWorkerError(error: WorkerError): string {
  return error.hint === undefined ? error.message : `${error.message}\n  ${error.hint}`;
}
