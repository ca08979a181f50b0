import type { HeldMessage } from "@inspector/contract/intervention";
import { Button } from "../../shell/controls/Button.tsx";
import { Failure } from "../../shell/controls/Failure.tsx";
import { RequestError } from "../../shell/data/session-client.ts";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { formatPlural, formatSize } from "../../shell/format/size.ts";
import { formatCount } from "../../shell/format/time.ts";
import { useAction } from "../../shell/page/useAction.ts";
import { Clock } from "./HoldIndicator.tsx";
import { subjectOfHeld, wayOf } from "./hold-words.ts";
import styles from "./holds.module.css";

type HeldListProps = {
  readonly live: SessionStore;
  readonly held: readonly HeldMessage[];
  readonly chosen: number | undefined;
  readonly onChoose: (id: number) => void;
};

/** What waits now, the oldest first. */
export function HeldList({ live, held, chosen, onChoose }: HeldListProps) {
  const { run, isBusy, error } = useAction();
  if (held.length === 0) {
    return null;
  }
  const sorted = held.toSorted((a, b) => a.heldAt - b.heldAt);
  return (
    <div>
      <h3 className={styles["heldHead"]}>
        Held now
        {held.length > 1 && (
          <Button
            size="small"
            disabled={isBusy}
            title="All that waits now goes on, the oldest first; the rules stay, and hold what comes next"
            onClick={() => run(() => releaseAll(live, sorted))}
          >
            Release all {formatCount(held.length)}, keep the rules
          </Button>
        )}
      </h3>
      <ul className={styles["held"]} aria-label="Held messages">
        {sorted.map((message) => (
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
    await live.client.interventions.release(id, { action: "release" }).catch((error: unknown) => {
      if (!(error instanceof RequestError && error.status === 409)) {
        throw error;
      }
    });
  }
}
