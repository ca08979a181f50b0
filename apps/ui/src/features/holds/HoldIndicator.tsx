import { Hand, Reply } from "lucide-react";
import { useLiveStore } from "../../shell/data/live-store.ts";
import { useSessionPart } from "../../shell/data/session-context.ts";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { useStorePart } from "../../shell/data/useStoreState.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { useNowOf } from "../../shell/page/useSessionNow.ts";
import { clockInterval, clockOf, describeHolds } from "./hold-words.ts";
import styles from "./indicator.module.css";

/** In the header of every view: that messages are held or answered, or may be, and for how long the first one waits. */
export function HoldIndicator() {
  const { go } = useShell();
  const source = useSessionPart(({ session }) => session?.source);
  const live = useLiveStore();
  const { rules, held } = useStorePart(live, ({ interventions }) => interventions.holds);
  const isOpen = useStorePart(live, ({ connection }) => connection.phase === "open");
  // A hub that is gone holds nothing; whether it is gone, nobody knows.
  const words = isOpen ? describeHolds(rules, held) : undefined;
  const show = () => (source === "file" ? location.assign("/?view=holds") : go({ view: "holds" }));
  const Glyph = held.length === 0 && rules.every(({ answer }) => answer !== undefined) ? Reply : Hand;
  const [first] = held.toSorted((a, b) => a.heldAt - b.heldAt);
  return (
    <span role="status" className={styles["place"]}>
      {words !== undefined && (
        <button
          type="button"
          className={styles["indicator"]}
          data-held={held.length > 0}
          title={source === "file" ? "Show the holds of the recording that runs now" : "Show the holds"}
          onClick={show}
        >
          <Glyph size={13} aria-hidden />
          {words}
        </button>
      )}
      {words !== undefined && first && <Clock held={first} live={live} />}
    </span>
  );
}

type ClockProps = { readonly held: Parameters<typeof clockOf>[0]; readonly live: SessionStore };

/** Runs without being read aloud each time. */
export function Clock({ held, live }: ClockProps) {
  const now = useNowOf(live, clockInterval((live.clock.now() ?? held.heldAt) - held.heldAt)) ?? held.heldAt;
  const { text, isLate } = clockOf(held, now);
  return (
    <span role="timer" aria-live="off" className={styles["clock"]} data-late={isLate}>
      {text}
    </span>
  );
}
