import { statusOf } from "../../shell/format/message.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatDelta } from "../../shell/format/time.ts";
import styles from "./compare.module.css";
import type { InvocationAnswer } from "./compared-call.ts";
import type { SideNames } from "./Differences.tsx";

type LogsBesideProps = {
  readonly before: InvocationAnswer;
  readonly after: InvocationAnswer;
  readonly names: SideNames;
};

/** What was logged on both sides. */
export function LogsBeside({ before, after, names }: LogsBesideProps) {
  if (before.logCount + after.logCount === 0) {
    return null;
  }
  return (
    <details className={styles["logs"]}>
      <summary>Logs of both</summary>
      <p className={styles["quiet"]}>
        Logs of category System, which the worker writes about itself, are not compared.
      </p>
      <div className={styles["beside"]}>
        <LogLines title={names[0]} answer={before} />
        <LogLines title={names[1]} answer={after} />
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
