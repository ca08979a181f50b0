import type { SessionInfo } from "@inspector/contract/page";
import styles from "./replay.module.css";

type NoWorkerProps = {
  readonly session: SessionInfo | undefined;
  /** It was a custom handler that answered. */
  readonly isHandler: boolean;
};

/** Why nothing can be sent, and what to do. */
export function NoWorker({ session, isHandler }: NoWorkerProps) {
  if (isHandler && session?.source === "live") {
    return (
      <div className={styles["empty"]}>
        <b>No custom handler runs now</b>
        <p>A replay posts the request again to a live one.</p>
      </div>
    );
  }
  if (session?.source === "live") {
    return (
      <div className={styles["empty"]}>
        <b>No worker is connected</b>
        <p>A replay needs a live one{session.listen === undefined ? "" : `, connected to ${session.listen}`}.</p>
      </div>
    );
  }
  return (
    <div className={styles["empty"]}>
      <b>Nothing is recorded now</b>
      <p>
        Start the inspector with a host or a worker and open this session there; or send it from the command line with{" "}
        <code>inspector replay</code>.
      </p>
    </div>
  );
}
