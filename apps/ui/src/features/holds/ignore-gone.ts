import { RequestError } from "../../shell/data/session-client.ts";

/** For what is released along with others: one that went on by itself meanwhile is no failure. */
export function ignoreGone(error: unknown): void {
  if (!(error instanceof RequestError && error.status === 409)) {
    throw error;
  }
}
