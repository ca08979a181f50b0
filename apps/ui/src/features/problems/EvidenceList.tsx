import type { Evidence, SessionEvent } from "@inspector/contract/page";
import { ArrowRight } from "lucide-react";
import { useSessionState } from "../../shell/data/session-context.ts";
import { formatCount, formatOffset } from "../../shell/format/time.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { describeEvent, evidenceKey } from "./evidence.ts";
import styles from "./problems.module.css";

/** What a finding rests on: messages one click away, and events as they were recorded. */
export function EvidenceList({ evidence }: { readonly evidence: readonly Evidence[] }) {
  const { events } = useSessionState();
  return (
    <ul className={styles["evidence"]}>
      {evidence.map((one) => (
        <li key={evidenceKey(one)}>
          <EvidenceLine evidence={one} event={events.find(({ id }) => id === one.event)} />
        </li>
      ))}
    </ul>
  );
}

type EvidenceLineProps = { readonly evidence: Evidence; readonly event: SessionEvent | undefined };

function EvidenceLine({ evidence: { label, seq }, event }: EvidenceLineProps) {
  const { go } = useShell();
  if (seq !== undefined) {
    return (
      <button type="button" onClick={() => go({ view: "messages", filter: "", message: seq })}>
        <span className={styles["place"]}>#{formatCount(seq)}</span>
        <span>{label}</span>
        <ArrowRight size={12} aria-hidden />
      </button>
    );
  }
  return (
    <span>
      <span className={styles["place"]}>{event && `${formatOffset(event.at)} s`}</span>
      <span className={styles["label"]}>{label}</span>
      {event && <span className={styles["event"]}>{describeEvent(event)}</span>}
    </span>
  );
}
