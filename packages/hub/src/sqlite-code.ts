/** What SQLite says went wrong. */

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
