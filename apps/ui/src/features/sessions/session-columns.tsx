import type { SessionSummary } from "@inspector/contract/page";
import { visibleLine } from "@inspector/contract/visible-text";
import { Eye, X } from "lucide-react";
import { formatSize } from "../../shell/format/size.ts";
import { formatCount } from "../../shell/format/time.ts";
import type { GridColumn } from "../../shell/grid/DataGrid.tsx";
import { keepKeys } from "../../shell/grid/keep-keys.ts";
import { Count, Span } from "../../shell/panes/cells.tsx";
import { RenameField } from "./RenameField.tsx";
import { formatDay } from "./session-rows.ts";
import styles from "./sessions.module.css";

export type SessionColumnsOptions = {
  /** Milliseconds since the Unix epoch, to call today so. */
  readonly now: number;
  readonly sessions: readonly SessionSummary[];
  /** Name of the session that this page shows. */
  readonly shown: string | undefined;
  readonly chosen: readonly string[];
  /** Name of the session whose name is being edited. */
  readonly renaming: string | undefined;
  readonly onToggle: (name: string) => void;
  /** Without `to` the name stays. */
  readonly onRename: (name: string, to: string | undefined) => void;
};

/** What the columns of the same ids are sorted by. */
export const SESSION_SORT_VALUES: Readonly<Record<string, (session: SessionSummary) => number | string>> = {
  name: ({ name }) => name,
  started: ({ startedAt }) => startedAt,
  changed: ({ modifiedAt }) => modifiedAt,
  app: ({ app }) => app ?? "",
  length: ({ length }) => length ?? -1,
  failures: ({ failures }) => failures ?? -1,
  messages: ({ messages }) => messages,
  size: ({ bytes }) => bytes,
};

export function sessionColumns(options: SessionColumnsOptions): readonly GridColumn<SessionSummary>[] {
  const { now, sessions, shown, chosen, renaming, onToggle, onRename } = options;
  return [
    {
      id: "chosen",
      title: "Compare",
      isTitleHidden: true,
      track: "24px",
      render: ({ name }) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the box is one on it, and none on the row; the box has the keys
        <label className={styles["tick"]} onClick={(event) => event.stopPropagation()}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={`Compare ${name}`}
            checked={chosen.includes(name)}
            onKeyDown={keepKeys}
            onChange={() => onToggle(name)}
          />
        </label>
      ),
    },
    {
      id: "name",
      title: "Session",
      track: "minmax(130px, 460px)",
      sort: "ascending",
      render: (session) =>
        renaming === session.name ? (
          <RenameField name={session.name} sessions={sessions} onDone={(to) => onRename(session.name, to)} />
        ) : (
          <Name session={session} isShown={session.name === shown} />
        ),
    },
    {
      id: "app",
      title: "App",
      track: "minmax(70px, 160px)",
      minGrid: 690,
      hint: "The folder of the app, as the host told its workers",
      sort: "ascending",
      render: ({ app = "" }) => <span title={app}>{app}</span>,
    },
    {
      id: "started",
      title: "Started",
      track: "minmax(120px, 150px)",
      narrow: { below: 560, track: "minmax(76px, 100px)" },
      sort: "descending",
      render: ({ startedAt }) => <span className={styles["when"]}>{formatDay(startedAt, now)}</span>,
    },
    {
      id: "changed",
      title: "Last change",
      track: "minmax(120px, 150px)",
      minGrid: 1000,
      sort: "descending",
      render: ({ modifiedAt }) => <span className={styles["when"]}>{formatDay(modifiedAt, now)}</span>,
    },
    {
      id: "length",
      title: "Length",
      track: "76px",
      isNumber: true,
      minGrid: 910,
      hint: "From its beginning to its last message",
      sort: "descending",
      render: ({ length }) => <Span span={length} />,
    },
    {
      id: "failures",
      title: "Failed",
      track: "60px",
      minGrid: 520,
      isNumber: true,
      hint: "Calls that workers answered with Failure",
      sort: "descending",
      render: ({ failures }) => <Failures count={failures} />,
    },
    {
      id: "messages",
      title: "Messages",
      track: "84px",
      minGrid: 610,
      isNumber: true,
      sort: "descending",
      render: ({ messages }) => formatCount(messages),
    },
    {
      id: "size",
      title: "Size",
      track: "76px",
      minGrid: 440,
      isNumber: true,
      sort: "descending",
      render: ({ bytes }) => formatSize(bytes),
    },
  ];
}

function Failures({ count }: { readonly count: number | undefined }) {
  // Of a session that could not be read nobody knows.
  if (count === undefined) {
    return <Span span={undefined} />;
  }
  return count === 0 ? (
    <Count count={0} />
  ) : (
    <span className={styles["failures"]}>
      <X size={11} strokeWidth={2.5} aria-hidden />
      {formatCount(count)}
    </span>
  );
}

type NameProps = { readonly session: SessionSummary; readonly isShown: boolean };

function Name({ session: { name, title, note, isLive }, isShown }: NameProps) {
  const label = title ?? note?.split("\n", 1)[0];
  return (
    <span className={styles["name"]}>
      <b title={name}>{name}</b>
      {label !== undefined && (
        <span className={styles["label"]} title={[title, note].filter((text) => text !== undefined).join("\n\n")}>
          {visibleLine(label)}
        </span>
      )}
      {isLive && (
        <span className={styles["live"]} title="recording">
          <i aria-hidden /> <span>recording</span>
        </span>
      )}
      {isShown && (
        <span className={styles["mark"]} title="shown here">
          <Eye size={12} aria-hidden /> <span>shown here</span>
        </span>
      )}
    </span>
  );
}
