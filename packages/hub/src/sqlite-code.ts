/** What SQLite says went wrong. */
import { InspectorError } from "@inspector/contract/inspector-error";

/** Another connection holds a lock. */
export const SQLITE_BUSY = 5;
/** The disk is full. */
export const SQLITE_FULL = 13;

/** The primary result code in an error of the driver, without what its extended code adds; undefined for any other error. */
export function primaryCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) {
    return undefined;
  }
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

/** What is said of a session for which SQLite says that another program holds it; undefined for any other error, or what one was made of. */
export function sessionInUse(file: string, error: unknown): InspectorError | undefined {
  const isBusy = [error, error instanceof Error ? error.cause : undefined].some(
    (one) => primaryCodeOf(one) === SQLITE_BUSY,
  );
  return isBusy
    ? new InspectorError("session-in-use", `${file} is locked by another program`, {
        hint: "Try again when it has done with it: something that records, copies or repairs the session, or an SQLite tool.",
        cause: error,
      })
    : undefined;
}
