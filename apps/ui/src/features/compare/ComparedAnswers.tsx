import { type ReactNode, useMemo } from "react";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { statusOfExchange } from "../../shell/format/exchange.ts";
import type { RowStatus } from "../../shell/format/message.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatCount, formatSpan } from "../../shell/format/time.ts";
import { Figures } from "../../shell/panes/Figures.tsx";
import styles from "./compare.module.css";
import type { InvocationAnswer } from "./compared-call.ts";
import { compare, hasAnswer } from "./comparison.ts";
import { Differences, type SideNames } from "./Differences.tsx";
import { IgnoredPaths } from "./IgnoredPaths.tsx";
import { LogsBeside } from "./LogsBeside.tsx";
import type { IgnoredPaths as Ignored } from "./useIgnoredPaths.ts";

type ComparedAnswersProps = {
  readonly before: InvocationAnswer;
  readonly after: InvocationAnswer;
  readonly names: SideNames;
  /** Of what the differences are that are counted, where other things are compared too. */
  readonly of?: string;
  readonly ignored: Ignored;
  /** Between the figures and the differences of the answers. */
  readonly children?: ReactNode;
};

/** Two answers beside each other: what they say, where they differ, what was logged. */
export function ComparedAnswers({
  before,
  after,
  names,
  of,
  ignored: [ignored, setIgnored],
  children,
}: ComparedAnswersProps) {
  const isCompared = hasAnswer(before) && hasAnswer(after);
  const { differences, omitted } = useMemo(() => compare(before, after, ignored), [before, after, ignored]);
  return (
    <>
      <AnswerFigures
        before={before}
        after={after}
        of={of}
        changes={isCompared ? differences.length : undefined}
        ignored={ignored.length}
      />
      {children}
      {isCompared ? (
        <>
          {omitted !== undefined && <p className={styles["quiet"]}>{omitted}</p>}
          {differences.length > 0 ? (
            <Differences
              label="Differences"
              names={names}
              differences={differences}
              onIgnore={(path) => setIgnored([...ignored, path])}
            />
          ) : omitted === undefined ? (
            <p className={styles["same"]}>The answers say the same.</p>
          ) : (
            <p>The compared parts of the answers are the same.</p>
          )}
          {isLeftOut(before, after) && (
            <p className={styles["quiet"]}>
              Only the first {formatCount(Math.max(before.logs.length, after.logs.length))} logs are compared.
            </p>
          )}
          <IgnoredPaths paths={ignored} onPaths={setIgnored} />
        </>
      ) : (
        <p className={styles["quiet"]}>One of the answers is missing, so there is no comparison.</p>
      )}
      <LogsBeside before={before} after={after} names={names} />
    </>
  );
}

function isLeftOut(...answers: readonly InvocationAnswer[]): boolean {
  return answers.some(({ logs, logCount }) => logs.length < logCount);
}

type FiguresProps = Pick<ComparedAnswersProps, "before" | "after"> & {
  /** Undefined where nothing is compared. */
  readonly changes: number | undefined;
  readonly ignored: number;
  readonly of: string | undefined;
};

function AnswerFigures({ before, after, changes, ignored, of }: FiguresProps) {
  const span = ({ row }: InvocationAnswer) => (row.duration === undefined ? "—" : formatSpan(row.duration));
  return (
    <Figures
      figures={[
        { name: "Answer", value: <AnswerMark answer={after} />, note: `was ${shortStatus(before).label}` },
        { name: "Duration", value: span(after), note: `was ${span(before)}` },
        { name: "Logs", value: formatCount(after.logCount), note: `was ${formatCount(before.logCount)}` },
        {
          name: of === undefined ? "Differences" : `Differences ${of}`,
          value: changes === undefined ? "—" : formatCount(changes),
          note:
            ignored === 0 || changes === undefined
              ? undefined
              : `beside ${formatPlural(ignored, "ignored path", "ignored paths")}`,
        },
      ]}
    />
  );
}

function AnswerMark({ answer }: { readonly answer: InvocationAnswer }) {
  return (
    <span className={styles["inline"]}>
      <StatusMark {...shortStatus(answer)} />
    </span>
  );
}

/** Leaves out the message of a failure: it stands above, and among the differences if it changed. */
export function shortStatus(answer: InvocationAnswer): RowStatus {
  const { row } = answer;
  if (!hasAnswer(answer)) {
    return { tone: "mute", label: "no answer" };
  }
  const status = statusOfExchange(row);
  return row.state === "failed" ? { ...status, label: "failed" } : status;
}
