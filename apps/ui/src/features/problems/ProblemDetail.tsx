import type { Problem } from "@inspector/contract/page";
import { ArrowRight } from "lucide-react";
import { Button } from "../../shell/controls/Button.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { useSessionState } from "../../shell/data/session-context.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatMoment } from "../../shell/format/time.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { workerKey } from "../../shell/page/worker-key.ts";
import { EvidenceList } from "./EvidenceList.tsx";
import { placeOf, severityTone } from "./problem-rows.ts";
import styles from "./problems.module.css";
import { Quote } from "./VerdictView.tsx";

/** One problem: what was said, what comes of it, what to try, and where to see it. */
export function ProblemDetail({ problem }: { readonly problem: Problem }) {
  const { go } = useShell();
  const { session } = useSessionState();
  const { stream, invocation } = problem;
  const place = placeOf(problem, session);
  return (
    <article className={styles["problem"]} aria-labelledby="problem">
      <header>
        <h2 id="problem">{problem.title}</h2>
        <p className={styles["sub"]}>
          <StatusMark
            tone={severityTone(problem.severity)}
            label={problem.severity === "info" ? "note" : problem.severity}
          />
          {place !== "" && <span>{place}</span>}
          {session && <span>{formatMoment(session.startedAt, problem.at)}</span>}
          {problem.count > 1 && (
            <span>
              found {formatPlural(problem.count, "time", "times")}
              {session &&
                problem.lastAt !== undefined &&
                `, last at ${formatMoment(session.startedAt, problem.lastAt)}`}
              ; this is the first
            </span>
          )}
        </p>
      </header>
      {problem.quote !== undefined && <Quote text={problem.quote} />}
      <h3>What comes of it</h3>
      <p>{problem.consequence}</p>
      <h3>What to try</h3>
      <p>{problem.advice}</p>
      {problem.evidence.length > 0 && (
        <>
          <h3>Evidence</h3>
          <EvidenceList evidence={problem.evidence} />
        </>
      )}
      <p className={styles["links"]}>
        {invocation !== undefined && (
          <Button onClick={() => go({ view: "invocations", filter: "", invocation })}>
            Open the invocation <ArrowRight size={13} aria-hidden />
          </Button>
        )}
        {stream !== undefined && (
          <Button onClick={() => go({ view: "workers", item: workerKey(stream) })}>
            Open the worker <ArrowRight size={13} aria-hidden />
          </Button>
        )}
        <code className={styles["rule"]} title="The rule that found it">
          {problem.rule}
        </code>
      </p>
    </article>
  );
}
