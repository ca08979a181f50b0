/** Says what a filter means without SQL: slow and obvious. */

import { holds, type MessageFacts, matchesMessage } from "@inspector/filter/evaluate";
import type { Filter, Term, Test } from "@inspector/filter/filter";
import { durationOf } from "../../src/invocation/exchange.ts";
import type { Invocation } from "../../src/invocation/invocation.ts";
import type { WorkerStep } from "../../src/invocation/worker-step.ts";
import { DROPPED_THROUGH, FUNCTIONS, HELD_NS, type Row, type Scene, STREAMS } from "./scene.ts";

/** A start-up step with all its exchanges. */
export type Step = { readonly id: number; readonly stream: number; readonly exchanges: readonly WorkerStep[] };

export function matchingMessages(filter: Filter, scene: Scene): number[] {
  return scene.rows.filter((row) => holds(filter, (term) => isMessage(term, row, scene))).map(({ seq }) => seq);
}

export function matchingInvocations(filter: Filter, scene: Scene): number[] {
  const { invocations } = scene;
  return invocations.filter((row) => holds(filter, (term) => isInvocation(term, row, scene))).map(({ id }) => id);
}

export function matchingSteps(filter: Filter, scene: Scene): number[] {
  return stepsOf(scene)
    .filter((step) => holds(filter, (term) => isStep(term, step, scene)))
    .map(({ id }) => id);
}

export function stepsOf({ steps }: Scene): Step[] {
  const groups = new Map<string, WorkerStep[]>();
  for (const row of steps.filter(({ step }) => step !== "status")) {
    const key = `${row.stream} ${row.step}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()]
    .map((exchanges) => ({
      id: Math.min(...exchanges.map(({ id }) => id)),
      stream: exchanges[0]?.stream ?? 0,
      exchanges,
    }))
    .sort((a, b) => a.id - b.id);
}

function isMessage(term: Term, row: Row, scene: Scene): boolean {
  return matchesMessage(term, factsOf(row, scene));
}

function factsOf(row: Row, scene: Scene): MessageFacts {
  const stream = streamOf(row.stream);
  const invocation = scene.invocations.find(({ id }) => id === scene.invocationIds.get(row.seq));
  return {
    ...row,
    isDropped: row.size > 0 && row.body > 0 && row.body <= DROPPED_THROUGH,
    of: {
      path: stream?.path ?? "",
      workerId: stream?.worker_id ?? undefined,
      runtime: stream?.runtime ?? undefined,
      isEnded: stream?.ended_at !== null,
    },
    function: functionOf(row),
    isStrayAnswer: scene.steps.some(
      ({ step, startedSeq, answeredSeq }) => step !== "start" && startedSeq === undefined && answeredSeq === row.seq,
    ),
    isRepeatedStep: isRepeatedStep(row, scene),
    invocation: invocation && {
      functionId: invocation.functionId,
      function: functionOf(invocation),
      hasRequest: invocation.startedSeq !== undefined,
      isAnswered: invocation.answeredSeq !== undefined,
      isCancelled: isCancelled(invocation),
      hasCancel: invocation.cancelSeq !== undefined,
      isAnswer: invocation.answeredSeq === row.seq,
      isRequest: invocation.startedSeq === row.seq,
      isBehindAnswer: invocation.answeredSeq !== undefined && invocation.answeredSeq < row.seq,
      duration: workerTime(invocation, scene),
      isUnheard: requestOf(invocation, scene)?.marks.includes("dropped") === true,
      attempt: invocation.attempt,
      retryCount: invocation.retryCount,
      replay: scene.replays.get(invocation.id),
    },
  };
}

/** Instant by instant (there are few): where a request was held, and none was with the worker, the step stood still. */
function stepTime(exchanges: readonly WorkerStep[], elapsed: number, { rows }: Scene): number {
  const spans = exchanges.flatMap(({ startedSeq, startedAt, answeredAt = 0 }) => {
    const request = rows.find(({ seq }) => seq === startedSeq);
    const isHeld = request?.marks.includes("held") === true;
    const isDropped = isHeld && request?.marks.includes("dropped") === true;
    const goesOn = (startedAt ?? answeredAt) + (isHeld ? HELD_NS : 0);
    return [
      ...(isDropped ? [] : [{ isHeld: false, from: goesOn, to: answeredAt }]),
      ...(isHeld && startedAt !== undefined ? [{ isHeld: true, from: startedAt, to: goesOn }] : []),
    ];
  });
  const instants = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  let still = 0;
  for (const [index, at] of instants.entries()) {
    const within = spans.filter(({ from, to }) => from <= at && at < to);
    still += within.length > 0 && within.every(({ isHeld }) => isHeld) ? (instants[index + 1] ?? at) - at : 0;
  }
  return Math.max(elapsed - still, 0);
}

function isRepeatedStep({ seq, kind, side, flags, isInjected }: Row, { steps }: Scene): boolean {
  const isAnswer = [9, 13, 16, 20, 26, 30, 32, 34].includes(kind) && side === 1 && (flags & 2) === 0 && !isInjected;
  return (
    (isAnswer && !steps.some(({ answeredSeq }) => answeredSeq === seq)) ||
    steps.some((step) => step.startedSeq === seq && isAskedTwice(step))
  );
}

function isAskedTwice({ step, attempt, subject }: WorkerStep): boolean {
  return attempt > 1 && (step === "init" || (["load", "status"].includes(step) && subject !== ""));
}

function requestOf({ startedSeq }: Invocation, { rows }: Scene): Row | undefined {
  return rows.find(({ seq }) => seq === startedSeq);
}

/** From request to answer, less the time for which the request was held. */
function workerTime(row: Invocation, scene: Scene): number | undefined {
  const request = requestOf(row, scene);
  if (request === undefined || !request.marks.includes("held")) {
    return durationOf(row);
  }
  const isKnown = row.answeredAt !== undefined && !request.marks.includes("dropped");
  return isKnown ? Math.max(row.answeredAt - request.at - HELD_NS, 0) : undefined;
}

function isInvocation(term: Term, row: Invocation, scene: Scene): boolean {
  const messages = scene.rows.filter(({ seq }) => scene.invocationIds.get(seq) === row.id);
  const hasMessage = () => messages.some((message) => isMessage(term, message, scene));
  const stream = streamOf(row.stream);
  switch (term.type) {
    case "text":
    case "regex":
      return hasMessage();
    case "compare": {
      if (term.key === "level") {
        return hasMessage();
      }
      const own = {
        size: (row.requestSize ?? 0) + (row.responseSize ?? 0),
        at: row.startedAt ?? messages[0]?.at,
        stream: row.stream,
        dur: workerTime(row, scene),
        http: httpStatus(row),
      }[term.key];
      return term.tests.some((test) => isWithin(test, own));
    }
    case "choice":
      return term.values.some((value) => {
        const own = { ...invocationClaims(row, scene), "is replayed": scene.replays.has(row.id) };
        const claim = new Map(Object.entries(own)).get(`${term.key} ${value}`);
        return claim ?? messages.some((message) => isMessage({ ...term, values: [value] }, message, scene));
      });
    case "match": {
      if (term.key === "kind" || term.key === "category") {
        return hasMessage();
      }
      const fn = functionOf(row);
      const values = { fn: [row.functionId, fn?.name], trigger: [fn?.trigger], worker: [stream?.runtime] };
      const starting = { worker: [stream?.worker_id], id: [row.invocationId, row.functionId] };
      return isMatch(term, { ...values, id: [], text: [] }[term.key], starting, [row.text, row.result]);
    }
  }
}

function isStep(term: Term, { stream, exchanges }: Step, scene: Scene): boolean {
  const seqs = exchanges.flatMap(({ startedSeq, answeredSeq }) => [startedSeq, answeredSeq]);
  const messages = scene.rows.filter(({ seq }) => seqs.includes(seq));
  const step = exchanges[0]?.step;
  const isEnded = streamOf(stream)?.ended_at !== null;
  const started = exchanges.flatMap(({ startedAt }) => startedAt ?? []);
  const answered = exchanges.flatMap(({ answeredAt }) => answeredAt ?? []);
  const startedAt =
    started.length > 0 ? Math.min(...started) : step === "start" ? streamOf(stream)?.opened_at : undefined;
  const answeredAt = answered.length > 0 ? Math.max(...answered) : undefined;
  const isAllAnswered = answered.length === exchanges.length;
  const isFailed = exchanges.some(({ status }) => status === 0);
  const isDone = step === "terminate" ? isEnded : isAllAnswered;
  const state = isFailed ? "failed" : isDone ? "success" : isEnded ? "lost" : "inflight";
  switch (term.type) {
    case "compare": {
      if (term.key === "level") {
        break;
      }
      const isMeasured =
        isAllAnswered && startedAt !== undefined && answeredAt !== undefined && answeredAt >= startedAt;
      const own = {
        size: messages.reduce((sum, { size }) => sum + size, 0),
        at: startedAt ?? answeredAt,
        stream,
        dur: isMeasured ? stepTime(exchanges, answeredAt - startedAt, scene) : undefined,
        http: undefined,
      }[term.key];
      return term.tests.some((test) => isWithin(test, own));
    }
    case "choice":
      return term.values.some((value) => {
        const claims: Record<string, boolean> = {
          "status failed": state === "failed",
          "status success": state === "success",
          "status cancelled": false,
          "is inflight": state === "inflight",
          "is lost": state === "lost",
          "is cancelled": false,
          "is retried": false,
          "is orphan": started.length === 0 && step !== "start",
          "is replayed": false,
          "is late": false,
          "is duplicate": exchanges.some((exchange) => exchange.extraAnswers > 0 || isAskedTwice(exchange)),
        };
        const claim = claims[`${term.key} ${value}`];
        return claim ?? messages.some((message) => isMessage({ ...term, values: [value] }, message, scene));
      });
    case "match":
      if (term.key === "fn" || term.key === "trigger") {
        return false;
      }
      break;
    default:
  }
  return messages.some((message) => isMessage(term, message, scene));
}

type Value = string | null | undefined;

/** @param starting values of which a term need only give the beginning; `lines` those that may contain it */
function isMatch(
  { key, patterns }: Term & { type: "match" },
  values: readonly Value[],
  starting: { readonly worker: readonly Value[]; readonly id: readonly Value[] },
  lines: readonly Value[],
): boolean {
  return patterns.some((pattern) => {
    if (values.some((value) => glob(pattern, value))) {
      return true;
    }
    if (key === "worker" || key === "id") {
      return starting[key].some((value) => glob([...pattern, ""], value));
    }
    return key === "text" && lines.some((value) => glob(["", ...pattern, ""], value));
  });
}

/** What is claimed of the row itself; the rest is of its messages. */
function invocationClaims(row: Invocation, scene: Scene): Record<string, boolean> {
  const isUnheard = requestOf(row, scene)?.marks.includes("dropped") === true;
  const isOpen = row.startedSeq !== undefined && row.answeredSeq === undefined && !isUnheard;
  const isEnded = streamOf(row.stream)?.ended_at !== null;
  return {
    "status failed": row.status === 0,
    "status success": row.status === 1,
    "status cancelled": row.status === 2,
    "is error": row.status === 0 || row.errorLogs > 0 || (httpStatus(row) ?? 0) >= 500,
    "is inflight": isOpen && !isEnded,
    "is lost": isOpen && isEnded && row.cancelSeq === undefined,
    "is cancelled": isCancelled(row),
    "is retried": (row.retryCount ?? 0) > 0,
    "is orphan": row.startedSeq === undefined,
    "is late": row.lateLogs > 0,
    "is duplicate": row.extraAnswers > 0 || row.attempt > 1,
  };
}

/** Of an answer in three digits, unless the function is known to be triggered by something else. */
function httpStatus(row: Invocation): number | undefined {
  const isHttp = functionOf(row)?.trigger?.startsWith("http") ?? true;
  return isHttp && row.status === 1 && /^[1-5]\d\d$/.test(row.result ?? "") ? Number(row.result) : undefined;
}

function isCancelled({ status, startedSeq, cancelSeq, answeredSeq }: Invocation): boolean {
  const isInTime = cancelSeq !== undefined && (answeredSeq === undefined || cancelSeq < answeredSeq);
  return status === 2 || (startedSeq !== undefined && isInTime);
}

function streamOf(stream: number) {
  return STREAMS.find(({ id }) => id === stream);
}

function functionOf(row: { readonly stream: number; readonly functionId: string | undefined } | undefined) {
  return FUNCTIONS.find(({ stream, functionId }) => stream === row?.stream && functionId === row.functionId);
}

function isWithin(test: Test, value: number | undefined): boolean {
  if (value === undefined) {
    return false;
  }
  if (test.operator === "..") {
    return value >= test.value && value <= test.end;
  }
  const sign = Math.sign(value - test.value);
  return { "=": sign === 0, ">": sign > 0, ">=": sign >= 0, "<": sign < 0, "<=": sign <= 0 }[test.operator];
}

function glob(pattern: readonly string[], value: Value): boolean {
  if (typeof value !== "string") {
    return false;
  }
  const lower = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const source = pattern
    .map((piece) => lower(piece).replace(/[^a-z0-9]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`))
    .join("[^]*");
  return new RegExp(`^${source}$`).test(lower(value));
}
