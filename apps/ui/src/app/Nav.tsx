import { ArrowLeftRight } from "lucide-react";
import { useSessionState, useSessionStore } from "../data/session-context.ts";
import { workerName } from "../format/message.ts";
import { formatCount } from "../format/time.ts";
import headerStyles from "./Header.module.css";
import styles from "./Nav.module.css";
import { eventStreams, phaseWord } from "./session-words.ts";

/** The views of the workbench on the left, and the workers that took part. */
export function Nav() {
  const store = useSessionStore();
  const { session } = useSessionState();
  const workers = eventStreams(session?.streams ?? []);
  return (
    <nav className={styles["nav"]} aria-label="Views">
      <a href="/" aria-current="page" className={styles["view"]} title="Messages">
        <ArrowLeftRight size={14} aria-hidden />
        <span className={styles["label"]}>Messages</span>
        <span className={styles["count"]}>{formatCount(store.total)}</span>
      </a>
      {workers.length > 0 && (
        <div className={styles["workers"]}>
          <h2>Workers</h2>
          <ul>
            {workers.map((stream) => (
              <li key={stream.id} title={stream.workerId}>
                <span className={headerStyles["dot"]} data-state={stream.phase} aria-hidden />
                <span className={styles["label"]}>
                  {workerName(stream)} {stream.runtimeVersion}
                </span>
                <span className={styles["count"]}>{phaseWord(stream.phase)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </nav>
  );
}
