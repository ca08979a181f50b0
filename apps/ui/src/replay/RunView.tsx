import type { ReplayRun, Seq } from "@inspector/session";
import { useState } from "react";
import { Button } from "../controls/Button.tsx";
import { StatusMark } from "../controls/StatusMark.tsx";
import type { SessionStore } from "../data/session-store.ts";
import { CompareView } from "./CompareView.tsx";
import type { ReplayKeys } from "./ReplayTab.tsx";
import { RunTable } from "./RunTable.tsx";
import styles from "./replay.module.css";
import { isOver, statusOfResult, statusOfRun } from "./replay-words.ts";
import { type InvocationAnswer, useAnswer } from "./useAnswer.ts";
import { useRunChanges } from "./useRunChanges.ts";

type RunViewProps = {
  readonly run: ReplayRun;
  readonly live: SessionStore;
  readonly recorded: InvocationAnswer | undefined;
  readonly keys: ReplayKeys;
  /** Shows a replay in the list; absent where the page shows another session. */
  readonly onOpen: ((id: Seq) => void) | undefined;
};

/** What came of a run: one answer beside the recorded one, or the table of many and the chosen one. */
export function RunView({ run, live, recorded, keys, onOpen }: RunViewProps) {
  const [chosen, setChosen] = useState(1);
  const comparison = useRunChanges(live, run, recorded);
  const result = run.results.find(({ n }) => n === chosen) ?? run.results[0];
  const over = result !== undefined && isOver(result);
  const { data: replayed } = useAnswer(live, result?.invocation, over);
  return (
    <>
      {run.state === "running" && (
        <div className={styles["running"]}>
          <span role="status">
            <StatusMark {...statusOfRun(run)} />
          </span>
          <Button size="small" onClick={() => cancel(live, run.id)}>
            {run.times === 1 ? "Cancel" : "Stop and cancel"}
          </Button>
        </div>
      )}
      {run.times > 1 && <RunTable run={run} comparison={comparison} chosen={result?.n ?? 1} onChoose={setChosen} />}
      {over && result.state !== "success" && (
        <p className={styles["outcome"]} role="note">
          <StatusMark {...statusOfResult(result)} /> {result.text}
        </p>
      )}
      {over && recorded && replayed && (
        <CompareView recorded={recorded} replayed={replayed} keys={keys} onOpen={onOpen} />
      )}
    </>
  );
}

function cancel(live: SessionStore, run: number): void {
  live.client.interventions.cancelReplay(run).then(
    (told) => live.addRuns([told]),
    () => {
      // It was over before: what came of it is told by itself.
    },
  );
}
