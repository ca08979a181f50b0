import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Failure } from "../../shell/controls/Failure.tsx";
import { useLiveStore } from "../../shell/data/live-store.ts";
import { useStoreState } from "../../shell/data/useStoreState.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { PaneState } from "../../shell/panes/PaneState.tsx";
import { SplitView } from "../../shell/panes/SplitView.tsx";
import { HeldList } from "./HeldList.tsx";
import { HeldPane } from "./HeldPane.tsx";
import { HoldRuleForm } from "./HoldRuleForm.tsx";
import { HoldRules } from "./HoldRules.tsx";
import { HoldDrafts } from "./hold-drafts.ts";
import { describeRoom } from "./hold-words.ts";
import styles from "./holds.module.css";

/** What is stopped on its way, the rules that stop or answer it, and what becomes of it. */
export function HoldsView() {
  const live = useLiveStore();
  const { interventions, session } = useStoreState(live);
  const { address, drafts: all } = useShell();
  const drafts = all.of(HoldDrafts);
  const [chosen, setChosen] = useState<number | undefined>();
  const { ended } = interventions;
  const { rules, held, room } = interventions.holds;
  const roomWords = room && describeRoom(room);
  useEffect(() => drafts.dropGone(held), [drafts, held]);
  if (session !== undefined && session.source !== "live") {
    return (
      <PaneState title="Nothing is recorded now">
        <p>Only messages that are on their way can be held. Start the inspector with a host or a worker.</p>
      </PaneState>
    );
  }
  const message = held.find(({ id }) => id === chosen) ?? held[0];
  return (
    <SplitView
      separator="Size of the held message"
      size="52%"
      list={
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
        <section className={styles["list"]} tabIndex={0} aria-label="Holds">
          <HoldRuleForm key={`${address.item} ${address.like}`} live={live} />
          <HoldRules live={live} rules={rules} ended={ended} />
          {roomWords !== undefined && (
            <p role="status" className={styles["quiet"]}>
              {roomWords}
            </p>
          )}
          <HeldList live={live} held={held} chosen={message?.id} onChoose={setChosen} />
        </section>
      }
      detail={message && <ChosenHeld key={`${message.id} ${message.heldAt}`} live={live} held={message} />}
    />
  );
}

type ChosenHeldProps = Parameters<typeof HeldPane>[0];

/** A held message; what it says is asked for where the list left it out. */
function ChosenHeld({ live, held }: ChosenHeldProps) {
  const { data, error } = useQuery({
    queryKey: ["held", held.id, held.heldAt],
    queryFn: ({ signal }) => live.client.interventions.getHeld(held.id, signal),
    enabled: held.isApart === true,
    retry: false,
  });
  if (held.isApart === true && data === undefined) {
    return error === null ? <p className={styles["quiet"]}>Loading the message…</p> : <Failure error={error} />;
  }
  return <HeldPane live={live} held={{ ...held, message: data?.message ?? held.message }} />;
}
