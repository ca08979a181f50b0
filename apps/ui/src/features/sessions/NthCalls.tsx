import { MAX_SORTED } from "@inspector/contract/page";
import { useState } from "react";
import { formatCount } from "../../shell/format/time.ts";
import { Failed, Loading } from "../../shell/panes/PaneState.tsx";
import { CallComparison } from "../compare/CallComparison.tsx";
import { callName } from "../compare/call-words.ts";
import styles from "./comparison.module.css";
import type { FunctionChange } from "./comparison.ts";
import type { ComparedPair, NthCall } from "./session-rows.ts";
import { useNthCall } from "./useNthCall.ts";

type NthCallsProps = {
  readonly names: ComparedPair["names"];
  readonly changes: readonly FunctionChange[];
  /** Undefined until somebody has chosen: then the first call of the first function that both sessions called. */
  readonly call: NthCall | undefined;
  readonly onCall: (call: NthCall) => void;
};

/** The nth call of a function in both sessions: what it was asked, answered and logged, and where its time went. */
export function NthCalls({ names, changes, call, onCall }: NthCallsProps) {
  const inBoth = changes.filter((change) => callsOf(change) > 0).toSorted((a, b) => a.name.localeCompare(b.name));
  const shown = call ?? (inBoth[0] && { name: inBoth[0].name, nth: 1 });
  return (
    <section className={styles["calls"]}>
      <h2 id="nth-calls">One call of both</h2>
      {shown === undefined ? (
        <p className={styles["none"]}>No function was called in both sessions.</p>
      ) : (
        <>
          <Choice inBoth={inBoth} shown={shown} onCall={onCall} />
          <Pair names={names} call={shown} />
        </>
      )}
    </section>
  );
}

/** How many calls can be held against each other. */
function callsOf({ before, after }: FunctionChange): number {
  return Math.min(before?.calls ?? 0, after?.calls ?? 0, MAX_SORTED);
}

type ChoiceProps = {
  readonly inBoth: readonly FunctionChange[];
  readonly shown: NthCall;
  readonly onCall: (call: NthCall) => void;
};

function Choice({ inBoth, shown, onCall }: ChoiceProps) {
  const of = inBoth.find(({ name }) => name === shown.name);
  const most = of === undefined ? 1 : callsOf(of);
  // While somebody types it may be no number, or too large a one: then the call stays that is shown.
  const [typed, setTyped] = useState<string>();
  const isCall = (nth: number) => Number.isInteger(nth) && nth >= 1 && nth <= most;
  return (
    <div className={styles["choice"]}>
      <label>
        <span>Function</span>
        <select value={shown.name} onChange={(event) => onCall({ name: event.target.value, nth: 1 })}>
          {of === undefined && <option value={shown.name}>{shown.name} (not called in both)</option>}
          {inBoth.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Call</span>
        <input
          type="number"
          min={1}
          max={most}
          value={typed ?? shown.nth}
          aria-invalid={typed !== undefined && !isCall(Number(typed))}
          onChange={({ target: { value, valueAsNumber: nth } }) => {
            setTyped(value);
            if (isCall(nth)) {
              onCall({ name: shown.name, nth });
            }
          }}
          onBlur={() => setTyped(undefined)}
        />
      </label>
      <small>
        of {formatCount(of?.before?.calls ?? 0)} before and {formatCount(of?.after?.calls ?? 0)} after, in the order in
        which the host called
      </small>
    </div>
  );
}

function Pair({ names: [before, after], call }: { readonly names: ComparedPair["names"]; readonly call: NthCall }) {
  const first = useNthCall(before, call);
  const second = useNthCall(after, call);
  const failed = first.error ? first : second;
  if (failed.error) {
    return <Failed error={failed.error} onRetry={() => void failed.refetch()} />;
  }
  if (first.data === undefined || second.data === undefined) {
    return <Loading what="both calls" />;
  }
  if (first.data === null || second.data === null) {
    const [name, n] = [call.name, formatCount(call.nth)];
    return (
      <p className={styles["none"]}>
        {name} has no call {n} {first.data === null ? "before" : "after"}.
      </p>
    );
  }
  return (
    <CallComparison
      before={first.data}
      after={second.data}
      names={[`before ${callName(first.data.id)}`, `after ${callName(second.data.id)}`]}
    />
  );
}
