import { statusOf } from "../../shell/format/message.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatDelta } from "../../shell/format/time.ts";
import styles from "./replay.module.css";
import type { InvocationAnswer } from "./useAnswer.ts";

type LogsBesideProps = { readonly recorded: InvocationAnswer; readonly replayed: InvocationAnswer };

/** What was logged then and now. */
export function LogsBeside({ recorded, replayed }: LogsBesideProps) {
  if (recorded.logCount + replayed.logCount === 0) {
    return null;
  }
  return (
    <details className={styles["logs"]}>
      <summary>Logs of both</summary>
      <p className={styles["quiet"]}>
        Logs of category System, which the worker writes about itself, are not compared.
      </p>
      <div className={styles["beside"]}>
        <LogLines title="Recorded" answer={recorded} />
        <LogLines title="Replayed" answer={replayed} />
      </div>
    </details>
  );
}

function LogLines({ title, answer }: { readonly title: string; readonly answer: InvocationAnswer }) {
  const { row, logs, logCount } = answer;
  const startedAt = row.startedAt ?? logs[0]?.at ?? 0;
  return (
    <section aria-label={`${title} logs`}>
      <h4>{title}</h4>
      <ol>
        {logs.map((log) => {
          const status = statusOf(log);
          return (
            <li key={log.seq} data-tone={status?.tone} title={`+${formatDelta(log.at - startedAt)}`}>
              <span>{status?.label}</span> {log.text}
            </li>
          );
        })}
      </ol>
      {logCount > logs.length && (
        <p className={styles["quiet"]}>
          {formatPlural(logCount - logs.length, "more log", "more logs")}, not shown here.
        </p>
      )}
    </section>
  );
}
