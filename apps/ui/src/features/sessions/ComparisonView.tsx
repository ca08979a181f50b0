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
import styles from "./comparison.module.css";
import { compareCapabilities, compareFunctions } from "./comparison.ts";
import { FunctionChanges } from "./FunctionChanges.tsx";
import { NthCalls } from "./NthCalls.tsx";
import { type ComparedPair, formatDay, type NthCall } from "./session-rows.ts";
import list from "./sessions.module.css";

const DAY_CHECK_MS = 60_000;

type ComparisonViewProps = {
  readonly sessions: readonly SessionSummary[];
  readonly compared: ComparedPair;
  readonly onChange: (compared: ComparedPair) => void;
  readonly onClose: () => void;
};

/** Two sessions side by side: what their functions did, how long that took, what their workers declared, and one call of both. */
export function ComparisonView({ sessions, compared, onChange, onClose }: ComparisonViewProps) {
  const { names, call } = compared;
  const [before, after] = names;
  const compare = (...next: ComparedPair["names"]) => onChange({ names: next, call });
  useShortcuts({ "close-detail": onClose });
  return (
    <div className={list["view"]}>
      <div className={`${list["bar"]} ${styles["sides"]}`} role="toolbar" aria-label="Comparison">
        <Button onClick={onClose} title="Back to the list (Esc)">
          <ArrowLeft size={14} aria-hidden /> Sessions
        </Button>
        <span className={list["divide"]} />
        <Side label="Before" name={before} sessions={sessions} onChange={(name) => compare(name, after)} />
        <Button shape="icon" aria-label="Swap the two" title="Swap the two" onClick={() => compare(after, before)}>
          <ArrowLeftRight size={14} aria-hidden />
        </Button>
        <Side label="After" name={after} sessions={sessions} onChange={(name) => compare(before, name)} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard */}
      <section className={styles["comparison"]} tabIndex={0} aria-label="Sessions compared">
        <Content compared={compared} onCall={(next) => onChange({ names, call: next })} />
      </section>
    </div>
  );
}

type ContentProps = { readonly compared: ComparedPair; readonly onCall: (call: NthCall) => void };

function Content({ compared: { names, call }, onCall }: ContentProps) {
  const [before, after] = names;
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
      <NthCalls names={names} changes={functions} call={call} onCall={onCall} />
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
