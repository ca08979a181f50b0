import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Failure } from "../../shell/controls/Failure.tsx";
import { useLiveStore } from "../../shell/data/live-store.ts";
import { useSessionState } from "../../shell/data/session-context.ts";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { useStoreState } from "../../shell/data/useStoreState.ts";
import { awayWords } from "../../shell/page/session-words.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { PaneState } from "../../shell/panes/PaneState.tsx";
import { SplitView } from "../../shell/panes/SplitView.tsx";
import { HeldList } from "./HeldList.tsx";
import { HeldPane } from "./HeldPane.tsx";
import { HoldRuleForm } from "./HoldRuleForm.tsx";
import { HoldRules } from "./HoldRules.tsx";
import { inOrder, nextHeld } from "./held-order.ts";
import { HoldDrafts } from "./hold-drafts.ts";
import { describeRoom } from "./hold-words.ts";
import styles from "./holds.module.css";

/** What is stopped on its way, the rules that stop or answer it, and what becomes of it. */
export function HoldsView() {
  const live = useLiveStore();
  const { interventions, session, connection } = useStoreState(live);
  const { session: shown } = useSessionState();
  const { address, drafts: all } = useShell();
  const drafts = all.of(HoldDrafts);
  const [chosen, setChosen] = useState<number | undefined>();
  const [isStepping, setStepping] = useState(false);
  const { ended } = interventions;
  const { rules, room } = interventions.holds;
  const held = inOrder(interventions.holds.held);
  const roomWords = room && describeRoom(room);
  const away = awayWords(connection);
  useEffect(() => drafts.dropGone(interventions.holds.held), [drafts, interventions.holds.held]);
  if (session !== undefined && session.source !== "live") {
    return (
      <PaneState title="Nothing is recorded now">
        <p>Only messages that are on their way can be held. Start the inspector with a host or a worker.</p>
      </PaneState>
    );
  }
  if (shown?.source === "file" && address.like === undefined) {
    return <OtherRecording live={live} item={address.item} />;
  }
  const message = held.find(({ id }) => id === chosen) ?? held[0];
  const choose = (id: number) => {
    setStepping(false);
    setChosen(id);
  };
  return (
    <SplitView
      separator="Size of the held message"
      size="52%"
      isAlwaysOpen
      list={
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
        <section className={styles["list"]} tabIndex={0} aria-label="Holds">
          {shown?.source === "file" && <ActsElsewhere live={live} />}
          <HoldRuleForm key={`${address.item} ${address.like}`} live={live} />
          {away !== undefined && (
            <p role="status" className={styles["warning"]}>
              The inspector is {away}: no rule can be made or taken away, and if it ended, what was held went on.
            </p>
          )}
          <HoldRules live={live} rules={rules} ended={ended} />
          {roomWords !== undefined && (
            <p role="status" className={styles["quiet"]}>
              {roomWords}
            </p>
          )}
          <HeldList live={live} held={held} chosen={message?.id} onChoose={choose} />
        </section>
      }
      detail={
        message ? (
          <ChosenHeld
            key={`${message.id} ${message.heldAt}`}
            live={live}
            held={message}
            isStep={isStepping}
            onNext={() => {
              setStepping(true);
              setChosen(nextHeld(held, message.id)?.id);
            }}
          />
        ) : (
          isStepping && rules.some(({ answer }) => answer === undefined) && <AwaitedNext />
        )
      }
    />
  );
}

/** The page shows a session that is over: nothing on this page may act on another one without saying so. */
function OtherRecording({ live, item }: { readonly live: SessionStore; readonly item: string | undefined }) {
  const search = new URLSearchParams({ view: "holds", ...(item !== undefined && { item }) });
  return (
    <PaneState title="This session is over: nothing of it can be held">
      <p>Holds are for messages that are on their way, in {nameOf(live)}.</p>
      <p>
        <a href={`/?${search}`}>Go to its holds</a>
      </p>
    </PaneState>
  );
}

/** Above a form that was asked for with an answer of the opened session. */
function ActsElsewhere({ live }: { readonly live: SessionStore }) {
  return (
    <p role="note" className={styles["warning"]}>
      The answer is of the session that is shown here. The rule acts on {nameOf(live)}.
    </p>
  );
}

function nameOf(live: SessionStore): string {
  const { listen } = live.getState().session ?? {};
  return listen === undefined ? "the recording that runs now" : `the recording that runs now, on ${listen}`;
}

/** After the last one that waited was released to see the next. */
function AwaitedNext() {
  return (
    <PaneState title="Waiting for the next message">
      <p role="status">What waited went on. The next message that a rule holds opens here.</p>
    </PaneState>
  );
}

type ChosenHeldProps = Parameters<typeof HeldPane>[0];

/** A held message; what it says is asked for where the list left it out. */
function ChosenHeld({ held, ...rest }: ChosenHeldProps) {
  const { live } = rest;
  const { data, error } = useQuery({
    queryKey: ["held", held.id, held.heldAt],
    queryFn: ({ signal }) => live.client.interventions.getHeld(held.id, signal),
    enabled: held.isApart === true,
    retry: false,
  });
  if (held.isApart === true && data === undefined) {
    return error === null ? <p className={styles["quiet"]}>Loading the message…</p> : <Failure error={error} />;
  }
  return <HeldPane {...rest} held={{ ...held, message: data?.message ?? held.message }} />;
}
