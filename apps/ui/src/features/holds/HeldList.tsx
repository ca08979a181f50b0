import type { HeldMessage } from "@inspector/contract/intervention";
import { useEffect, useRef } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { Failure } from "../../shell/controls/Failure.tsx";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { formatPlural, formatSize } from "../../shell/format/size.ts";
import { formatCount } from "../../shell/format/time.ts";
import { useAction } from "../../shell/page/useAction.ts";
import { Clock } from "./HoldIndicator.tsx";
import { subjectOfHeld, wayOf } from "./hold-words.ts";
import styles from "./holds.module.css";
import { ignoreGone } from "./ignore-gone.ts";

type HeldListProps = {
  readonly live: SessionStore;
  /** The oldest first. */
  readonly held: readonly HeldMessage[];
  readonly chosen: number | undefined;
  readonly onChoose: (id: number) => void;
};

/** What waits now. */
export function HeldList({ live, held, chosen, onChoose }: HeldListProps) {
  const { run, isBusy, error } = useAction();
  const list = useRef<HTMLUListElement>(null);
  // In a small window it stands below the fold; whoever writes a rule there is left alone.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another one is chosen
  useEffect(() => {
    if (!document.activeElement?.matches("input, select, textarea")) {
      list.current?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
    }
  }, [chosen]);
  if (held.length === 0) {
    return null;
  }
  return (
    <div>
      <h3 className={styles["heldHead"]}>
        Held now
        {held.length > 1 && (
          <Button
            size="small"
            disabled={isBusy}
            title="All that waits now goes on, the oldest first; the rules stay, and hold what comes next"
            onClick={() => run(() => releaseAll(live, held))}
          >
            Release all {formatCount(held.length)}, keep the rules
          </Button>
        )}
      </h3>
      <ul ref={list} className={styles["held"]} aria-label="Held messages">
        {held.map((message) => (
          <li key={message.id} aria-current={message.id === chosen}>
            <button type="button" className={styles["choose"]} onClick={() => onChoose(message.id)}>
              <b>{subjectOfHeld(message)}</b>
              <span>{message.text}</span>
              <small>
                {message.kind}, {wayOf(message.from)}, {formatSize(message.size)}
                {message.limit === undefined && ", the host's time-out is not known"}
                {message.queued > 0 && `, ${formatPlural(message.queued, "message waits", "messages wait")} behind it`}
              </small>
            </button>
            <Clock held={message} live={live} />
            <Button
              size="small"
              aria-label={`Release ${subjectOfHeld(message)}`}
              onClick={() => run(() => live.client.interventions.release(message.id, { action: "release" }))}
            >
              Release
            </Button>
          </li>
        ))}
      </ul>
      <Failure error={error} />
    </div>
  );
}

/** One after the other, so that they go on in the order in which they came. One that went on by itself meanwhile is no failure. */
async function releaseAll(live: SessionStore, held: readonly HeldMessage[]): Promise<void> {
  for (const { id } of held) {
    await live.client.interventions.release(id, { action: "release" }).catch(ignoreGone);
  }
}
