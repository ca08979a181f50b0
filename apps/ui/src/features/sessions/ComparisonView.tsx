import type { SessionSummary } from "@inspector/contract/page";
import { ArrowLeft, ArrowLeftRight } from "lucide-react";
import { useMemo } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { useSessionContent } from "../../shell/data/workbench-queries.ts";
import { formatSize } from "../../shell/format/size.ts";
import { formatCount } from "../../shell/format/time.ts";
import { useShortcuts } from "../../shell/keyboard/useShortcuts.ts";
import { useNow } from "../../shell/page/useNow.ts";
import { Failed, Loading } from "../../shell/panes/PaneState.tsx";
import { CapabilityChanges } from "./CapabilityChanges.tsx";
import { compareCapabilities, compareFunctions } from "./comparison.ts";
import { FunctionChanges } from "./FunctionChanges.tsx";
import { formatDay } from "./session-rows.ts";
import styles from "./sessions.module.css";

const DAY_CHECK_MS = 60_000;

type Names = readonly [before: string, after: string];

type ComparisonViewProps = {
  readonly sessions: readonly SessionSummary[];
  readonly names: Names;
  readonly onChange: (names: Names) => void;
  readonly onClose: () => void;
};

/** Two sessions side by side: what their functions did, how long that took, and what their workers declared. */
export function ComparisonView({ sessions, names, onChange, onClose }: ComparisonViewProps) {
  const [before, after] = names;
  useShortcuts({ "close-detail": onClose });
  return (
    <div className={styles["view"]}>
      <div className={styles["bar"]} role="toolbar" aria-label="Comparison">
        <Button onClick={onClose} title="Back to the list (Esc)">
          <ArrowLeft size={14} aria-hidden /> Sessions
        </Button>
        <span className={styles["divide"]} />
        <Side label="Before" name={before} sessions={sessions} onChange={(name) => onChange([name, after])} />
        <Button shape="icon" aria-label="Swap the two" title="Swap the two" onClick={() => onChange([after, before])}>
          <ArrowLeftRight size={14} aria-hidden />
        </Button>
        <Side label="After" name={after} sessions={sessions} onChange={(name) => onChange([before, name])} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard */}
      <section className={styles["comparison"]} tabIndex={0} aria-label="Comparison">
        <Content names={names} />
      </section>
    </div>
  );
}

function Content({ names: [before, after] }: { readonly names: Names }) {
  const old = useSessionContent(before);
  const now = useSessionContent(after);
  const functions = useMemo(
    () => compareFunctions(old.data?.functions ?? [], now.data?.functions ?? []),
    [old.data, now.data],
  );
  const capabilities = useMemo(
    () => compareCapabilities(old.data?.workers ?? [], now.data?.workers ?? []),
    [old.data, now.data],
  );
  const failed = old.error ? old : now;
  if (failed.error) {
    return <Failed error={failed.error} onRetry={() => void failed.refetch()} />;
  }
  if (old.data === undefined || now.data === undefined) {
    return <Loading what="both sessions" />;
  }
  return (
    <>
      <FunctionChanges changes={functions} />
      <CapabilityChanges changes={capabilities} />
    </>
  );
}

type SideProps = {
  readonly label: string;
  readonly name: string;
  readonly sessions: readonly SessionSummary[];
  readonly onChange: (name: string) => void;
};

function Side({ label, name, sessions, onChange }: SideProps) {
  const now = useNow(DAY_CHECK_MS);
  const session = sessions.find((one) => one.name === name);
  return (
    <label className={styles["side"]}>
      <span>{label}</span>
      <select value={name} onChange={(event) => onChange(event.target.value)}>
        {session === undefined && <option value={name}>{name} (not kept any more)</option>}
        {sessions.map((one) => (
          <option key={one.name} value={one.name}>
            {one.name}
          </option>
        ))}
      </select>
      {session && (
        <small>
          {formatDay(session.startedAt, now)} · {formatCount(session.messages)} messages · {formatSize(session.bytes)}
        </small>
      )}
    </label>
  );
}
