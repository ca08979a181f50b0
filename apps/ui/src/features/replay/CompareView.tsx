import type { Seq } from "@inspector/contract/page";
import { useEffect, useEffectEvent, useRef } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { ComparedAnswers } from "../compare/ComparedAnswers.tsx";
import styles from "../compare/compare.module.css";
import type { CallPlace, InvocationAnswer } from "../compare/compared-call.ts";
import { useIgnoredPaths } from "../compare/useIgnoredPaths.ts";
import { EditedInput } from "./EditedInput.tsx";
import type { ReplayKeys } from "./ReplayTab.tsx";

const NAMES = ["Recorded", "Replayed"] as const;

/** An answer, and where it is from. */
export type AnswerIn = { readonly place: CallPlace; readonly answer: InvocationAnswer };

type CompareViewProps = {
  readonly recorded: AnswerIn;
  readonly replayed: AnswerIn;
  readonly keys: ReplayKeys;
  /** Shows the replay in the list. */
  readonly onOpen: ((id: Seq) => void) | undefined;
};

/** The recorded answer and that of a replay beside each other, and what was edited before it was sent. */
export function CompareView({ recorded, replayed, keys, onOpen }: CompareViewProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const done = useEffectEvent(() => keys.onDone());
  const { intent } = keys;
  useEffect(() => {
    if (intent?.what !== "compare") {
      return;
    }
    heading.current?.focus();
    done();
  }, [intent]);
  const ignored = useIgnoredPaths();
  const { row } = replayed.answer;
  const isEdited = row.type === "invocation" && row.replay?.isEdited === true;
  return (
    <section className={styles["compare"]} aria-label="Recorded and replayed answer">
      <div className={styles["compareHead"]}>
        <h3 ref={heading} tabIndex={-1}>
          Recorded and replayed answer
        </h3>
        {onOpen && (
          <Button size="small" look="plain" onClick={() => onOpen(row.id)}>
            Show the replay
          </Button>
        )}
      </div>
      {isEdited && <EditedInput recorded={recorded} replayed={replayed} />}
      <ComparedAnswers before={recorded.answer} after={replayed.answer} names={NAMES} ignored={ignored} />
    </section>
  );
}
