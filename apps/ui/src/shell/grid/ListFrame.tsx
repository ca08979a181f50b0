import type { ReactNode } from "react";
import type { ListState } from "../data/filtered-list.ts";
import { useSessionPart, useSessionState } from "../data/session-context.ts";
import { usePartlySearched } from "../data/workbench-queries.ts";
import { formatCount } from "../format/time.ts";
import { useShell } from "../page/shell-context.ts";
import { useAway } from "../page/useAway.ts";
import { AwayState, NothingMatches, WaitingState } from "./EmptyState.tsx";
import styles from "./ListFrame.module.css";
import { useUnseen } from "./useSelectList.ts";

type ListFrameProps = {
  readonly state: ListState;
  readonly length: number;
  /** Index behind the last row in sight. */
  readonly visibleEnd: number;
  /** What there is without the filter: "12 481 messages are". */
  readonly hidden: string;
  /** Why nothing can pass a filter, where that is known. */
  readonly never?: ((filter: string) => string | undefined) | undefined;
  /** What stands in place of the list while there is nothing, filtered or not; else what a worker has to be started with. */
  readonly empty?: ReactNode;
  /** Says what order the list has, where its newest row is not the last one. */
  readonly above?: ReactNode;
  readonly children: ReactNode;
};

/** What surrounds a list: why it is empty, and how much has come in below while it is not followed. */
export function ListFrame({ state, length, visibleEnd, hidden, never, empty, above, children }: ListFrameProps) {
  const { go, isFollowing, setFollow } = useShell();
  const isLive = useSessionPart(({ session }) => session?.source === "live");
  const unseen = useUnseen(`${state.view.id} ${state.isReady}`, isFollowing, length, visibleEnd);
  const away = useAway();
  // The notice above says why; there is nothing to wait for.
  const isRefused = useSessionPart(({ connection }) => connection.phase === "refused");
  // What the filter asks for now is not known: what is in sight answers the one before.
  const isUnanswered = away !== undefined && !isRefused && state.isFiltering;
  const isEmpty = length === 0 && state.isReady;
  return (
    <div className={styles["frame"]}>
      {state.error !== undefined && (
        <p role="note" className={styles["older"]}>
          The filter cannot be read. <StillShown filter={state.view.filter} />
        </p>
      )}
      {isUnanswered && (
        <p role="note" className={styles["older"]}>
          The inspector is {away}: it has not said what passes the filter. <StillShown filter={state.view.filter} />
        </p>
      )}
      {above}
      <div className={styles["list"]}>
        {children}
        {!state.isReady && length === 0 && away !== undefined && !isRefused && <AwayState away={away} />}
        {isEmpty && state.view.filter === "" && (empty ?? <Waiting />)}
        {isEmpty && state.view.filter !== "" && !isUnanswered && (
          <NothingMatches
            hidden={hidden}
            never={never?.(state.view.filter)}
            filter={state.view.filter}
            onFilter={(filter) => go({ filter })}
          />
        )}
      </div>
      {state.view.filter !== "" && state.isReady && <LeftOut filter={state.view.filter} length={length} />}
      {unseen > 0 && above === undefined && isLive && (
        <button type="button" className={styles["newest"]} onClick={() => setFollow(true)}>
          ↓ {formatCount(unseen)} new
        </button>
      )}
    </div>
  );
}

function StillShown({ filter }: { readonly filter: string }) {
  if (filter === "") {
    return "All rows are shown.";
  }
  return (
    <>
      What is shown is still of <code>{filter}</code>
    </>
  );
}

function Waiting() {
  const { session } = useSessionState();
  return session && <WaitingState session={session} />;
}

/** A search that did not look everywhere says so, whether it found something or not. */
function LeftOut({ filter, length }: { readonly filter: string; readonly length: number }) {
  const { data } = usePartlySearched(filter, length);
  if (data === undefined || data.count === 0) {
    return null;
  }
  const messages = data.count === 1 ? "1 large message" : `each of ${formatCount(data.count)} large messages`;
  return (
    <p className={styles["note"]} role="note">
      Of {messages} only the first {formatCount(data.characters)} characters were searched; Ctrl F in an opened one
      searches all of it.
    </p>
  );
}
