import type { ReplayResult } from "@inspector/contract/intervention";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { isOver, type KnownRun } from "../../shell/data/interventions.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatSpan } from "../../shell/format/time.ts";
import { LatencyBars } from "./LatencyBars.tsx";
import styles from "./replay.module.css";
import { describeChanges, isAnswered, statusOfResult } from "./replay-words.ts";
import type { RunComparison } from "./run-comparison.ts";

/** Lines of the table; of more results those that differ or failed come first. */
const SHOWN = 100;

type RunTableProps = {
  readonly run: KnownRun;
  readonly comparison: RunComparison;
  readonly chosen: number;
  readonly onChoose: (n: number) => void;
};

/** The replays of a run in a table: how long each took, and how it ended. */
export function RunTable({ run, comparison, chosen, onChoose }: RunTableProps) {
  const { changes, omitted } = comparison;
  const odd = (result: ReplayResult) =>
    (isOver(result) && result.state !== "success") || (changes.get(result.n) ?? 0) > 0;
  const { results } = run;
  const sorted = results.length <= SHOWN ? results : results.toSorted((a, b) => Number(odd(b)) - Number(odd(a)));
  return (
    <div className={styles["run"]}>
      <LatencyBars durations={results.flatMap(({ duration }) => (duration === undefined ? [] : [duration]))} />
      <p className={styles["quiet"]} role="status">
        {describeChanges(changes, run)} {omitted}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard */}
      <section className={styles["scroller"]} tabIndex={0} aria-label="Replays of the run">
        <table aria-label="Replays">
          <thead>
            <tr>
              <th scope="col">No.</th>
              <th scope="col">Answer</th>
              <th scope="col">Duration</th>
              <th scope="col">Differences outside logs</th>
              <th scope="col">Said</th>
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, SHOWN).map((result) => (
              <ResultRow
                key={result.n}
                result={result}
                isGone={run.isGone}
                changes={changes.get(result.n)}
                isWhole={omitted === undefined}
                isChosen={result.n === chosen}
                onChoose={onChoose}
              />
            ))}
          </tbody>
        </table>
      </section>
      {results.length > SHOWN && (
        <p className={styles["quiet"]}>
          {formatPlural(results.length - SHOWN, "replay is", "replays are")} not listed: those that failed or differ
          come first.
        </p>
      )}
    </div>
  );
}

type ResultRowProps = {
  readonly result: ReplayResult;
  /** The hub of the run is gone: no more news comes. */
  readonly isGone: boolean | undefined;
  readonly changes: number | undefined;
  /** Whether all of the answers was compared. */
  readonly isWhole: boolean;
  readonly isChosen: boolean;
  readonly onChoose: (n: number) => void;
};

function ResultRow({ result, isGone, changes, isWhole, isChosen, onChoose }: ResultRowProps) {
  const { n, text, duration } = result;
  return (
    <tr aria-current={isChosen} data-differs={changes !== undefined && changes > 0}>
      <th scope="row">
        <button type="button" aria-label={`Compare replay ${n}`} aria-pressed={isChosen} onClick={() => onChoose(n)}>
          {n}
        </button>
      </th>
      <td>
        <StatusMark {...statusOfResult(result, isGone)} />
      </td>
      <td>{duration === undefined ? "" : formatSpan(duration)}</td>
      <td>{changes === undefined ? describeMissing(result, isGone) : describeCount(changes, isWhole)}</td>
      <td title={text}>{text}</td>
    </tr>
  );
}

/** What stands in place of a comparison that is not there (yet). */
function describeMissing(result: ReplayResult, isGone = false): string {
  if (!isOver(result)) {
    return isGone ? "" : "…";
  }
  return isAnswered(result) || result.state === "not-sent" ? "" : "no answer";
}

function describeCount(changes: number, isWhole: boolean): string {
  if (changes > 0) {
    return `≠ ${changes}`;
  }
  return isWhole ? "same" : "same, as far as compared";
}
