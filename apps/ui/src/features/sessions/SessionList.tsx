import type { SessionSummary } from "@inspector/contract/page";
import { FilePlus, FolderOpen, GitCompareArrows, NotebookPen, Pencil, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { useSessionStore } from "../../shell/data/session-context.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { DataGrid } from "../../shell/grid/DataGrid.tsx";
import { type Sorting, sortRows } from "../../shell/grid/grid-lines.ts";
import { useShortcuts } from "../../shell/keyboard/useShortcuts.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { useNow } from "../../shell/page/useNow.ts";
import { DeleteDialog } from "./DeleteDialog.tsx";
import { LabelDialog } from "./LabelDialog.tsx";
import { SESSION_SORT_VALUES, sessionColumns } from "./session-columns.tsx";
import { shownSession, toggleChosen, whyFixed } from "./session-rows.ts";
import styles from "./sessions.module.css";
import { useSessionActions } from "./useSessionActions.ts";

/** Dates change their words at midnight. */
const DAY_CHECK_MS = 60_000;

type SessionListProps = {
  readonly sessions: readonly SessionSummary[];
  /** Names of those that are to be compared. */
  readonly chosen: readonly string[];
  readonly onChoose: (chosen: readonly string[]) => void;
  /** Set when two are chosen. */
  readonly onCompare: (() => void) | undefined;
};

/** Kept sessions, with what can be done to the selected one above them. */
export function SessionList({ sessions, chosen, onChoose, onCompare }: SessionListProps) {
  const { address, go } = useShell();
  const { offline } = useSessionStore().client;
  const now = useNow(DAY_CHECK_MS);
  const [sorting, setSorting] = useState<Sorting | undefined>();
  const [renaming, setRenaming] = useState<string | undefined>();
  const [deleting, setDeleting] = useState<SessionSummary | undefined>();
  const [labelling, setLabelling] = useState<SessionSummary | undefined>();
  const actions = useSessionActions((name) => go({ item: name }));
  const shown = shownSession(location.search, sessions);
  const selected = sessions.find(({ name }) => name === address.item) ?? sessions.find(({ name }) => name === shown);
  const fixed = selected && whyFixed(selected, shown);
  const columns = useMemo(
    () =>
      sessionColumns({
        now,
        sessions,
        shown,
        chosen,
        renaming,
        onToggle: (name) => onChoose(toggleChosen(chosen, name)),
        onRename: (name, to) => {
          setRenaming(undefined);
          if (to !== undefined && to !== name) {
            actions.rename(name, to);
          }
        },
      }),
    [now, sessions, shown, chosen, renaming, onChoose, actions],
  );
  const lines = useMemo(() => {
    const value = sorting && SESSION_SORT_VALUES[sorting.column];
    const sorted = value ? sortRows(sessions, value, sorting.isDescending) : sessions;
    return sorted.map((row) => ({ type: "row", key: row.name, row }) as const);
  }, [sessions, sorting]);
  const canChange = selected !== undefined && fixed === undefined && !offline;
  useShortcuts({
    ...(selected && { "choose-row": () => onChoose(toggleChosen(chosen, selected.name)) }),
    ...(canChange && { "rename-row": () => setRenaming(selected.name), "delete-row": () => setDeleting(selected) }),
  });
  return (
    <div className={styles["view"]}>
      <div className={styles["bar"]} role="toolbar" aria-label="Sessions">
        <Button disabled={selected === undefined} onClick={() => selected && actions.open(selected)}>
          <FolderOpen size={14} aria-hidden /> Open
        </Button>
        {!offline && (
          <>
            <Button disabled={!canChange} title="Rename (F2)" onClick={() => setRenaming(selected?.name)}>
              <Pencil size={13} aria-hidden /> Rename
            </Button>
            <Button disabled={!canChange} title="Title and note" onClick={() => setLabelling(selected)}>
              <NotebookPen size={13} aria-hidden /> Note
            </Button>
            <Button disabled={!canChange} title="Delete (Del)" onClick={() => setDeleting(selected)}>
              <Trash2 size={13} aria-hidden /> Delete
            </Button>
          </>
        )}
        {offline && (
          <Button onClick={offline.pick}>
            <FilePlus size={14} aria-hidden /> Add a file …
          </Button>
        )}
        <span className={styles["divide"]} />
        <Button disabled={onCompare === undefined} onClick={onCompare}>
          <GitCompareArrows size={14} aria-hidden /> Compare
        </Button>
        <span className={styles["hint"]} role="status">
          {actions.error?.message ?? hint(chosen.length, offline && sessions.length < 2 ? ONE_SESSION : fixed)}
        </span>
        <span className={styles["total"]}>{formatPlural(sessions.length, "session", "sessions")}</span>
      </div>
      <div className={styles["grid"]}>
        <DataGrid
          label="Sessions"
          columns={columns}
          lines={lines}
          rowHeight={30}
          selected={selected?.name}
          onSelect={(item) => go({ item })}
          onOpen={(name) => {
            const session = sessions.find((one) => one.name === name);
            if (session) {
              actions.open(session);
            }
          }}
          sorting={sorting}
          onSort={setSorting}
        />
      </div>
      <LabelDialog
        session={labelling}
        onCancel={() => setLabelling(undefined)}
        onSave={(name, labels) => {
          setLabelling(undefined);
          actions.label(name, labels);
        }}
      />
      <DeleteDialog
        session={deleting}
        onCancel={() => setDeleting(undefined)}
        onDelete={(name) => {
          setDeleting(undefined);
          onChoose(chosen.filter((one) => one !== name));
          actions.remove(name);
        }}
      />
    </div>
  );
}

const ONE_SESSION = "Drop the file of another session here to compare the two.";

/** What can be done next, or why not. */
function hint(chosen: number, fixed: string | undefined): string {
  if (chosen === 1) {
    return "Tick one more session to compare the two.";
  }
  if (chosen === 2) {
    return "";
  }
  return fixed ?? "Tick two sessions (Space) to compare them.";
}
