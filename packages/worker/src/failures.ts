import type { MessageInitShape, RpcExceptionSchema, StatusResultSchema } from "@inspector/proto";
import { StatusResult_Status } from "@inspector/proto";

/** `isAzureFunctionsSystemError` separates errors of worker and library from those of the app; the library sets it too. */
export class SystemError extends Error {
  readonly isAzureFunctionsSystemError = true;
}

/** The library recognises a hook that this worker does not have by the name "RangeError". */
export class SystemRangeError extends RangeError {
  readonly isAzureFunctionsSystemError = true;
}

/** JavaScript throws anything; an Error stays itself, all else becomes the message of one. */
export function ensureError(thrown: unknown): Error {
  if (thrown instanceof Error) {
    return thrown;
  }
  if (typeof thrown === "string") {
    return new Error(thrown);
  }
  if (thrown === undefined || thrown === null) {
    return new Error("Unknown error");
  }
  return new Error(textOf(thrown));
}

function textOf(thrown: unknown): string {
  try {
    return (typeof thrown === "object" ? JSON.stringify(thrown) : undefined) ?? String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}

export function isSystemError(error: Error): boolean {
  return "isAzureFunctionsSystemError" in error && error.isAzureFunctionsSystemError === true;
}

/** Message and stack only, as the official worker does: `cause` and the members of an AggregateError stay behind. */
export function toRpcException(error: Error): MessageInitShape<typeof RpcExceptionSchema> {
  return { message: error.message, stackTrace: error.stack ?? "" };
}

export function failure(error: Error): MessageInitShape<typeof StatusResultSchema> {
  return { status: StatusResult_Status.Failure, exception: toRpcException(error) };
}

export const success: MessageInitShape<typeof StatusResultSchema> = { status: StatusResult_Status.Success };
