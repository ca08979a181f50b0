import { RequestError } from "../../shell/data/session-client.ts";
import styles from "./holds.module.css";

export function Failure({ error }: { readonly error: Error | undefined }) {
  if (error === undefined) {
    return null;
  }
  return (
    <p className={styles["failure"]} role="alert">
      <b>{error.message}</b> {error instanceof RequestError && error.hint}
    </p>
  );
}
