import type { SessionInfo } from "@inspector/contract/page";
import styles from "../../shell/grid/EmptyState.module.css";
import { WaitingState } from "../../shell/grid/EmptyState.tsx";

/** A session without a line. */
export function NothingLogged({ session }: { readonly session: SessionInfo }) {
  if (session.last === 0) {
    return <WaitingState session={session} />;
  }
  return (
    <div className={styles["state"]}>
      <h2>Nothing was logged {session.source === "file" ? "in this session" : "yet"}</h2>
      <p>
        Logs of functions and workers appear here, with what processes write and how they end. Workers say little below
        the host's log level: see <code>logging.logLevel</code> in host.json.
      </p>
    </div>
  );
}
