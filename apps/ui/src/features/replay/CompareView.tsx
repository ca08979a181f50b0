import type { Difference } from "@inspector/analysis/replay/differences";
import type { Seq } from "@inspector/contract/page";
import { X } from "lucide-react";
import { type FormEvent, useEffect, useEffectEvent, useRef, useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { Silent } from "../../shell/controls/Silent.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { statusOfExchange } from "../../shell/format/exchange.ts";
import type { RowStatus } from "../../shell/format/message.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatCount, formatSpan } from "../../shell/format/time.ts";
import { Figures } from "../../shell/panes/Figures.tsx";
import { badPathOf, compare, hasAnswer } from "./comparison.ts";
import { DifferenceCells } from "./DifferenceCells.tsx";
import { EditedInput } from "./EditedInput.tsx";
import { LogsBeside } from "./LogsBeside.tsx";
import type { ReplayKeys } from "./ReplayTab.tsx";
import styles from "./replay.module.css";
import type { InvocationAnswer } from "./useAnswer.ts";
import { useIgnoredPaths } from "./useIgnoredPaths.ts";

type CompareViewProps = {
  readonly recorded: InvocationAnswer;
  readonly replayed: InvocationAnswer;
  readonly keys: ReplayKeys;
  /** Shows the replay in the list. */
  readonly onOpen: ((id: Seq) => void) | undefined;
};

/** Two answers beside each other: what they say, where they differ, what was logged. */
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
  const [ignored, setIgnored] = useIgnoredPaths();
  const isCompared = hasAnswer(recorded) && hasAnswer(replayed);
  const { differences, omitted } = compare(recorded, replayed, ignored);
  return (
    <section className={styles["compare"]} aria-label="Recorded and replayed answer">
      <div className={styles["compareHead"]}>
        <h3 ref={heading} tabIndex={-1}>
          Recorded and replayed answer
        </h3>
        {onOpen && (
          <Button size="small" look="plain" onClick={() => onOpen(replayed.row.id)}>
            Show the replay
          </Button>
        )}
      </div>
      <EditedInput recorded={recorded} replayed={replayed} />
      <AnswerFigures
        recorded={recorded}
        replayed={replayed}
        changes={isCompared ? differences.length : undefined}
        ignored={ignored.length}
      />
      {isCompared ? (
        <>
          {omitted !== undefined && <p className={styles["quiet"]}>{omitted}</p>}
          <Differences
            differences={differences}
            isWhole={omitted === undefined}
            onIgnore={(path) => setIgnored([...ignored, path])}
          />
          {isLeftOut(recorded, replayed) && (
            <p className={styles["quiet"]}>
              Only the first {formatCount(Math.max(recorded.logs.length, replayed.logs.length))} logs are compared.
            </p>
          )}
          <Ignored paths={ignored} onPaths={setIgnored} />
        </>
      ) : (
        <p className={styles["quiet"]}>One of the answers is missing, so there is no comparison.</p>
      )}
      <LogsBeside recorded={recorded} replayed={replayed} />
    </section>
  );
}

function isLeftOut(...answers: readonly InvocationAnswer[]): boolean {
  return answers.some(({ logs, logCount }) => logs.length < logCount);
}

type FiguresProps = Pick<CompareViewProps, "recorded" | "replayed"> & {
  /** Undefined where nothing is compared. */
  readonly changes: number | undefined;
  readonly ignored: number;
};

function AnswerFigures({ recorded, replayed, changes, ignored }: FiguresProps) {
  const span = ({ row }: InvocationAnswer) => (row.duration === undefined ? "—" : formatSpan(row.duration));
  return (
    <Figures
      figures={[
        { name: "Answer", value: <AnswerMark answer={replayed} />, note: `was ${shortStatus(recorded).label}` },
        { name: "Duration", value: span(replayed), note: `was ${span(recorded)}` },
        { name: "Logs", value: formatCount(replayed.logCount), note: `was ${formatCount(recorded.logCount)}` },
        {
          name: "Differences",
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
function shortStatus(answer: InvocationAnswer): RowStatus {
  const { row } = answer;
  if (!hasAnswer(answer)) {
    return { tone: "mute", label: "no answer" };
  }
  const status = statusOfExchange(row);
  return row.state === "failed" ? { ...status, label: "failed" } : status;
}

type DifferencesProps = {
  readonly differences: readonly Difference[];
  /** Whether all of the answers was compared. */
  readonly isWhole: boolean;
  readonly onIgnore: (path: string) => void;
};

/** Differences shown at once. */
const SHOWN = 200;

function Differences({ differences, isWhole, onIgnore }: DifferencesProps) {
  if (differences.length === 0) {
    return isWhole ? (
      <p className={styles["same"]}>The answers say the same.</p>
    ) : (
      <p>The compared parts of the answers are the same.</p>
    );
  }
  return (
    <>
      <table className={styles["differences"]} aria-label="Differences">
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">Recorded</th>
            <th scope="col">Replayed</th>
            <th scope="col">
              <Silent>Ignore</Silent>
            </th>
          </tr>
        </thead>
        <tbody>
          {differences.slice(0, SHOWN).map(({ kind, path, recorded, replayed }) => (
            <tr key={`${kind} ${path}`} data-kind={kind}>
              <DifferenceCells path={path} recorded={recorded} replayed={replayed} />
              <td>
                <Button size="small" look="plain" aria-label={`Ignore ${path}`} onClick={() => onIgnore(path)}>
                  Ignore
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {differences.length > SHOWN && (
        <p className={styles["quiet"]}>
          And {formatPlural(differences.length - SHOWN, "difference", "differences")} more.
        </p>
      )}
    </>
  );
}

type IgnoredProps = { readonly paths: readonly string[]; readonly onPaths: (paths: readonly string[]) => void };

function Ignored({ paths, onPaths }: IgnoredProps) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | undefined>();
  const add = (event: FormEvent) => {
    event.preventDefault();
    const path = text.trim();
    const bad = path === "" ? undefined : badPathOf(path);
    setProblem(bad);
    if (path === "" || bad !== undefined) {
      return;
    }
    onPaths([...paths, path]);
    setText("");
  };
  return (
    <div className={styles["ignored"]}>
      <span>Ignored</span>
      {paths.map((path) => (
        <span key={path} className={styles["chip"]}>
          {path}
          <button
            type="button"
            aria-label={`Compare ${path} again`}
            onClick={() => onPaths(paths.filter((other) => other !== path))}
          >
            <X size={11} aria-hidden />
          </button>
        </span>
      ))}
      <form onSubmit={add}>
        <input
          aria-label="Path to ignore"
          placeholder="logs[*].message"
          spellCheck={false}
          aria-invalid={problem !== undefined}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </form>
      {problem !== undefined && (
        <span className={styles["warning"]} role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
