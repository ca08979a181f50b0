import type { Seq } from "@inspector/contract/page";
import { useMemo } from "react";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { nameOfExchange } from "../../shell/format/exchange.ts";
import { formatOffset } from "../../shell/format/time.ts";
import { Failed, Loading } from "../../shell/panes/PaneState.tsx";
import { ComparedAnswers, shortStatus } from "./ComparedAnswers.tsx";
import styles from "./compare.module.css";
import type { CallPlace, CallRequest, InvocationAnswer } from "./compared-call.ts";
import { compareInputs } from "./comparison.ts";
import { Differences, type SideNames } from "./Differences.tsx";
import { TimesBeside } from "./TimesBeside.tsx";
import { useAnswer, useRequest } from "./useAnswer.ts";
import { type IgnoredPaths, useIgnoredPaths } from "./useIgnoredPaths.ts";
import { useTiming } from "./useTiming.ts";

/** A call, in the page's session or in another one. */
export type ComparedCallIn = { readonly place: CallPlace; readonly id: Seq };

type CallComparisonProps = {
  readonly before: ComparedCallIn;
  readonly after: ComparedCallIn;
  readonly names: SideNames;
};

/** Two calls beside each other: what they were asked, what they answered, what was logged, where their time went. */
export function CallComparison({ before, after, names }: CallComparisonProps) {
  const first = useAnswer(before.place, before.id, isRecorded(before));
  const second = useAnswer(after.place, after.id, isRecorded(after));
  const ignored = useIgnoredPaths();
  const failed = first.error && first.data === undefined ? first : second;
  if (failed.error && failed.data === undefined) {
    return <Failed error={failed.error} onRetry={() => void failed.refetch()} />;
  }
  if (first.data === undefined || second.data === undefined) {
    return <Loading what="both calls" />;
  }
  const step = [first.data, second.data].find(({ row }) => row.type === "step");
  if (step !== undefined) {
    return (
      <p className={styles["quiet"]}>#{step.row.id} is a step of a worker's start: calls are compared with calls.</p>
    );
  }
  return (
    <section className={styles["compare"]} aria-label="Comparison">
      <Sides answers={[first.data, second.data]} names={names} />
      <ComparedAnswers before={first.data} after={second.data} names={names} of="of answer and logs" ignored={ignored}>
        <h3>Input</h3>
        <Inputs before={before} after={after} names={names} ignored={ignored} />
        <h3>Answer and logs</h3>
      </ComparedAnswers>
      <h3>Time</h3>
      <Times before={{ ...before, answer: first.data }} after={{ ...after, answer: second.data }} names={names} />
    </section>
  );
}

type SidesProps = { readonly answers: readonly InvocationAnswer[]; readonly names: SideNames };

/** Which call is which, in the colours of the two sides. */
function Sides({ answers, names }: SidesProps) {
  return (
    <ul className={styles["sides"]} aria-label="Compared calls">
      {answers.map((answer, index) => {
        const { row } = answer;
        const at = row.startedAt ?? row.answeredAt;
        return (
          <li key={names[index]} data-side={index === 0 ? "recorded" : "replayed"}>
            <span aria-hidden>{index === 0 ? "−" : "+"}</span>
            <b>{names[index]}</b>
            <span>{nameOfExchange(row)}</span>
            {at !== undefined && <span title="Seconds since the session began">{formatOffset(at)} s</span>}
            <StatusMark {...shortStatus(answer)} />
          </li>
        );
      })}
    </ul>
  );
}

/** What is still recorded may come further. */
function isRecorded({ place }: ComparedCallIn): boolean {
  return place.session?.source === "live";
}

type InputsProps = CallComparisonProps & { readonly ignored: IgnoredPaths };

function Inputs({ before, after, names, ignored }: InputsProps) {
  const first = useRequest(before.place, before.id);
  const second = useRequest(after.place, after.id);
  if (first.data === undefined || second.data === undefined) {
    const error = first.error ?? second.error;
    return <p className={styles["quiet"]}>{error ? error.message : "Loading …"}</p>;
  }
  return <LoadedInputs before={first.data} after={second.data} names={names} ignored={ignored} />;
}

type LoadedInputsProps = Pick<InputsProps, "names" | "ignored"> & {
  readonly before: CallRequest;
  readonly after: CallRequest;
};

function LoadedInputs({ before, after, names, ignored: [ignored, setIgnored] }: LoadedInputsProps) {
  const { differences, omitted } = useMemo(
    () => compareInputs([before, after], names, ignored),
    [before, after, names, ignored],
  );
  return (
    <>
      {omitted !== undefined && <p className={styles["quiet"]}>{omitted}</p>}
      {differences.length > 0 && (
        <Differences
          label="Differences of the inputs"
          names={names}
          differences={differences}
          onIgnore={(path) => setIgnored([...ignored, path])}
        />
      )}
      {differences.length === 0 && omitted === undefined && <p className={styles["same"]}>The inputs are the same.</p>}
      <p className={styles["quiet"]}>
        Left out, as every call has its own: ids, the trace context, and UtcNow and RandGuid, which the host makes up.
      </p>
    </>
  );
}

type Answered = ComparedCallIn & { readonly answer: InvocationAnswer };

type TimesProps = { readonly before: Answered; readonly after: Answered; readonly names: SideNames };

function Times({ before, after, names }: TimesProps) {
  const first = useTiming(before.place, before.id, before.answer.row.state);
  const second = useTiming(after.place, after.id, after.answer.row.state);
  if (first.data === undefined || second.data === undefined) {
    const error = first.error ?? second.error;
    return <p className={styles["quiet"]}>{error ? error.message : "Loading …"}</p>;
  }
  return <TimesBeside before={first.data} after={second.data} names={names} />;
}
