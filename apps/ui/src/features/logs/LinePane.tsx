import type { LineRow } from "@inspector/contract/page";
import { X } from "lucide-react";
import { Button } from "../../shell/controls/Button.tsx";
import { CopyButton } from "../../shell/controls/CopyButton.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { useRowVersion, useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import { formatMoment, formatOffset } from "../../shell/format/time.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { workerKey } from "../../shell/page/worker-key.ts";
import { Loading } from "../../shell/panes/PaneState.tsx";
import styles from "../detail/detail.module.css";
import own from "./LinePane.module.css";
import { LogText } from "./LogText.tsx";
import { entryOfLine, type LogEntry } from "./log-entry.ts";

type LinePaneProps = { readonly number: number; readonly isRaw: boolean; readonly onClose: () => void };

/** A line of the log that is no message, as a whole, and what it is of. */
export function LinePane({ number, isRaw, onClose }: LinePaneProps) {
  const { lines } = useSessionStore();
  const { session } = useSessionState();
  useRowVersion("lines");
  const line = lines.get(number);
  const entry =
    line &&
    entryOfLine(
      line,
      session?.streams.find(({ id }) => id === line.stream),
    );
  return (
    <section className={styles["pane"]} aria-label="Line">
      <header className={styles["head"]}>
        <div className={styles["title"]}>
          <h2>{entry?.category ?? "line"}</h2>
          {entry?.level && <StatusMark {...entry.level} />}
          <div className={styles["actions"]}>
            {entry && <CopyButton label="Copy the text" text={entry.text} isIcon />}
          </div>
          <Button shape="icon" look="plain" aria-label="Close the line" title="Close (Esc)" onClick={onClose}>
            <X size={15} aria-hidden />
          </Button>
        </div>
        {line && entry && <Origin line={line} entry={entry} startedAt={session?.startedAt} />}
      </header>
      {entry ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <section className={styles["scroll"]} tabIndex={0} aria-label="Text of the line">
          <pre className={own["text"]}>
            <LogText text={entry.text} tone={entry.level?.tone} isSystem={entry.isSystem} isRaw={isRaw} />
          </pre>
        </section>
      ) : lines.isMissing(number) ? (
        <p className={styles["empty"]}>
          This line is not in the session: the link may be of another one, or it was given up to save space.
        </p>
      ) : (
        <Loading what="the line" />
      )}
    </section>
  );
}

type OriginProps = { readonly line: LineRow; readonly entry: LogEntry; readonly startedAt: number | undefined };

function Origin({ line, entry, startedAt }: OriginProps) {
  const { go } = useShell();
  const { invocation, stream, workerId, at } = line;
  return (
    <p className={styles["sub"]}>
      <b>{entry.source}</b>
      <span title="Seconds since the session began">{formatOffset(at)} s</span>
      {startedAt !== undefined && <span>{formatMoment(startedAt, at)}</span>}
      {invocation !== undefined && (
        <button
          type="button"
          className={styles["link"]}
          onClick={() => go({ view: "invocations", filter: "", invocation })}
        >
          Show its invocation
        </button>
      )}
      {(stream !== undefined || workerId !== undefined) && (
        <button
          type="button"
          className={styles["link"]}
          onClick={() => go({ view: "workers", item: workerKey(stream ?? 0, workerId) })}
        >
          Show its worker
        </button>
      )}
    </p>
  );
}
