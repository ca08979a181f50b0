import type { ReplayResult } from "@inspector/contract/intervention";
import type { Seq } from "@inspector/contract/page";
import { useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { Failure } from "../../shell/controls/Failure.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { isOver, type KnownRun } from "../../shell/data/interventions.ts";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { formatSpan } from "../../shell/format/time.ts";
import { useAction } from "../../shell/page/useAction.ts";
import type { InvocationAnswer } from "../compare/compared-call.ts";
import { hasAnswer } from "../compare/comparison.ts";
import { useAnswer, usePlace } from "../compare/useAnswer.ts";
import { type AnswerIn, CompareView } from "./CompareView.tsx";
import type { ReplayKeys } from "./ReplayTab.tsx";
import { RunTable } from "./RunTable.tsx";
import styles from "./replay.module.css";
import { countOpen, describeOpen, GONE, statusOfResult, statusOfRun } from "./replay-words.ts";
import { useCanCancel } from "./useCanCancel.ts";
import { useRunChanges } from "./useRunChanges.ts";

type RunViewProps = {
  readonly run: KnownRun;
  readonly live: SessionStore;
  readonly recorded: AnswerIn | undefined;
  readonly keys: ReplayKeys;
  /** Shows a replay in the list; absent where the page shows another session. */
  readonly onOpen: ((id: Seq) => void) | undefined;
};

/** What came of a run: one answer beside the recorded one, or the table of many and the chosen one. */
export function RunView({ run, live, recorded, keys, onOpen }: RunViewProps) {
  const [chosen, setChosen] = useState(1);
  const comparison = useRunChanges(live, run, recorded?.answer);
  const result = run.results.find(({ n }) => n === chosen) ?? run.results[0];
  // No more news comes of a run whose hub is gone: the session has all the answers there will be.
  const over = result !== undefined && (isOver(result) || run.isGone === true);
  const place = usePlace(live);
  const { data: replayed } = useAnswer(place, result?.invocation, over);
  return (
    <>
      <Progress run={run} live={live} />
      {run.times > 1 && <RunTable run={run} comparison={comparison} chosen={result?.n ?? 1} onChoose={setChosen} />}
      {over && isOver(result) && result.state !== "success" && <Outcome result={result} replayed={replayed} />}
      {over && recorded && replayed && (
        <CompareView recorded={recorded} replayed={{ place, answer: replayed }} keys={keys} onOpen={onOpen} />
      )}
    </>
  );
}

/** That it goes on, and how it is stopped; or what is still in flight though it was. */
function Progress({ run, live }: Pick<RunViewProps, "run" | "live">) {
  const { run: act, isBusy, error } = useAction();
  const open = run.state === "cancelled" ? countOpen(run) : 0;
  const canCancel = useCanCancel(live, open > 0 ? run.stream : undefined);
  const stop = () => act(async () => live.addRuns([await live.client.interventions.cancelReplay(run.id)]));
  return (
    <>
      {run.isGone && (
        <p className={styles["warning"]} role="status">
          {GONE}
        </p>
      )}
      {run.state === "running" && !run.isGone && (
        <div className={styles["running"]}>
          <span role="status">
            <StatusMark {...statusOfRun(run)} />
          </span>
          <Button size="small" disabled={isBusy} onClick={stop}>
            {run.times === 1 ? "Cancel" : "Stop and cancel"}
          </Button>
        </div>
      )}
      {open > 0 && canCancel !== undefined && (
        <p className={styles["quiet"]} role="status">
          {describeOpen(open, canCancel, run.timeoutMs)}
        </p>
      )}
      <Failure error={error} />
    </>
  );
}

type OutcomeProps = { readonly result: ReplayResult; readonly replayed: InvocationAnswer | undefined };

/** How a replay ended that did not succeed in time. */
function Outcome({ result, replayed }: OutcomeProps) {
  const isLate = result.state === "timed-out" && replayed !== undefined && hasAnswer(replayed);
  const after = replayed?.row.duration;
  return (
    <p className={styles["outcome"]} role="note">
      <StatusMark {...statusOfResult(result)} />
      <span>
        {result.text}
        {isLate && ` The answer came${after === undefined ? "" : ` after ${formatSpan(after)}`}, too late.`}
      </span>
    </p>
  );
}
