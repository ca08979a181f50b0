import { besidesTraffic } from "@inspector/filter/message-flags";
import { KIND } from "@inspector/proto";
import { numberOf, type SqlRow } from "@inspector/session/database";
import { workerStepOf } from "@inspector/session/invocation/store";
import type { StepName, WorkerStep } from "@inspector/session/invocation/worker-step";
import type { ProblemSession } from "../problem-session.ts";
import type { Finding, Severity } from "../rule.ts";
import { successorOf } from "../successor.ts";
import {
  causeOfResult,
  evidenceOf,
  nameOfFunction,
  nameOfKind,
  nameOfWorker,
  quoteResult,
  resultOf,
} from "../words.ts";
import type { WorkerStream } from "../worker-stream.ts";

const STEPS = ["init", "reload", "index", "load", "warmup"] as const satisfies readonly StepName[];
type FailedStep = (typeof STEPS)[number];

const TITLE: Readonly<Record<Exclude<FailedStep, "load">, string>> = {
  init: "WorkerInit failed",
  reload: "The environment reload failed",
  index: "The worker could not list its functions",
  warmup: "The warm-up failed",
};

/** What a host does that the recording does not show otherwise. */
export const CONSEQUENCE: Readonly<Record<FailedStep, string>> = {
  load: "The host remembers it and fails every invocation of the function, without asking the worker again.",
  init: "The host ends the process and counts a worker error; the reason often does not reach its log.",
  reload: "The host cannot use this worker for the app, and starts another one.",
  index: "The host has no functions of this worker and says no more than that no job functions were found.",
  warmup: "The host goes on without the warm-up.",
};

type Told = { readonly severity: Severity; readonly title: string; readonly consequence: string };

/** Steps of workers that were answered with Failure, by what came before and after. */
export function failedSteps(session: ProblemSession): Finding[] {
  return session.streams.flatMap((stream) =>
    session
      .all(
        `SELECT w.*, m.kind, f.name FROM worker_step w LEFT JOIN message m ON m.seq = w.answered_seq
         LEFT JOIN function f ON f.stream = w.stream AND f.function_id = w.subject
         WHERE w.stream = ? AND w.step IN (${STEPS.map((step) => `'${step}'`).join(", ")}) AND w.status = 0
           AND NOT ${besidesTraffic("m")} ORDER BY w.id`,
        stream.id,
      )
      .flatMap((row) => findingsOf(session, stream, row)),
  );
}

function findingsOf(session: ProblemSession, stream: WorkerStream, row: SqlRow): Finding[] {
  const step = workerStepOf(row);
  const name = STEPS.find((one) => one === step?.step);
  if (step?.answeredSeq === undefined || name === undefined) {
    return [];
  }
  const { answeredSeq, answeredAt, startedSeq, subject, result } = step;
  const functionName = typeof row["name"] === "string" ? row["name"] : subject;
  const kind = numberOf(row["kind"]);
  const { severity, title, consequence } =
    name === "load" ? judgeLoad(session, step, functionName) : judge(session, stream, name, step);
  return [
    {
      subject: `stream ${stream.id} ${nameOfKind(kind)}${subject === "" ? "" : ` ${subject}`} ${severity}`,
      at: answeredAt ?? stream.openedAt,
      stream: stream.id,
      severity,
      ...(name === "load" && { functionName }),
      describe: () => {
        const content = resultOf(session.content(answeredSeq));
        const quote = quoteResult(content) ?? result;
        return {
          title: `${title}${causeOfResult(content)}`,
          consequence,
          advice:
            quote === undefined
              ? "The answer does not say why. Check that the worker sets the result at all: a status that is left out reads as Failure."
              : "Read the exception, and what the worker wrote to stderr at that time.",
          quote,
          evidence: evidenceOf(["request", startedSeq], [nameOfKind(kind || KIND.functionLoadResponse), answeredSeq]),
        };
      },
    },
  ];
}

function judge(
  session: ProblemSession,
  stream: WorkerStream,
  step: Exclude<FailedStep, "load">,
  { answeredSeq = 0, startedAt = stream.openedAt }: WorkerStep,
): Told {
  const title = TITLE[step];
  const successor = step === "reload" ? successorOf(session, stream, startedAt) : undefined;
  if (successor !== undefined) {
    return {
      severity: "info",
      title: `${title}; another worker took its place`,
      consequence: `The host started the ${nameOfWorker(successor)}, which became ready. A placeholder that cannot become the app's worker says so in this way.`,
    };
  }
  if (step === "warmup") {
    return { severity: "warning", title, consequence: CONSEQUENCE[step] };
  }
  return session.hasGoneOn(stream.id, step, "", answeredSeq)
    ? { severity: "warning", title, consequence: "This host went on with the worker all the same; others end it." }
    : { severity: "error", title, consequence: CONSEQUENCE[step] };
}

/** A load that failed is judged with those before and behind it, and with what became of the function. */
function judgeLoad(session: ProblemSession, step: WorkerStep, functionName: string): Told {
  const { stream, subject, attempt, answeredSeq = 0 } = step;
  const name = nameOfFunction(functionName);
  const loaded = session.all(
    "SELECT min(attempt) AS attempt FROM worker_step WHERE stream = ? AND step = 'load' AND subject = ? AND status = 1",
    stream,
    subject,
  )[0]?.["attempt"];
  const runs =
    session.all(
      "SELECT 1 FROM invocation WHERE stream = ? AND function_id = ? AND status = 1 AND started_seq > ? LIMIT 1",
      stream,
      subject,
      answeredSeq,
    ).length > 0;
  if (typeof loaded === "number" && loaded < attempt) {
    return {
      severity: "warning",
      title: `${name} was loaded again, and that failed`,
      consequence: runs
        ? "It was loaded before, and goes on running as it was."
        : "It was loaded before: the worker has it. A host that goes by the last answer fails its invocations.",
    };
  }
  if (typeof loaded === "number") {
    return {
      severity: "warning",
      title: `${name} failed to load at first`,
      consequence: "A later attempt loaded it.",
    };
  }
  if (runs) {
    return {
      severity: "warning",
      title: `${name} failed to load, and runs all the same`,
      consequence:
        "The host invoked it all the same and it succeeded: the worker runs what was registered before the failure.",
    };
  }
  return session.hasGoneOn(stream, "load", subject, answeredSeq)
    ? {
        severity: "error",
        title: `${name} failed to load`,
        consequence: "This host invokes it all the same; others fail every invocation of it without asking the worker.",
      }
    : { severity: "error", title: `${name} failed to load`, consequence: CONSEQUENCE.load };
}
