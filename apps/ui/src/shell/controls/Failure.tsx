import { RequestError } from "../data/session-client.ts";
import styles from "./controls.module.css";

/** Why a request failed and what to do about it, read out when it appears; nothing where there is no error. */
export function Failure({ error }: { readonly error: Error | null | undefined }) {
  if (!error) {
    return null;
  }
  return (
    <p className={styles["failure"]} role="alert">
      <b>{error.message}</b> {error instanceof RequestError && error.hint}
    </p>
  );
}
