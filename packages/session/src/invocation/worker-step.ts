import { STEP_KINDS, STEP_NAMES, type StepName } from "@inspector/filter/step-kinds";
import {
  type Exchange,
  HOST,
  lackingRequest,
  nextAttempt,
  oldestOpen,
  type Pairing,
  type PairingFacts,
  WORKER,
} from "./exchange.ts";

export { STEP_NAMES, type StepName };

/**
 * One thing the host asked of a worker. "start" is the worker's own StartStream and has no request; "terminate" has no
 * answer by contract.
 */
export type WorkerStep = Exchange & {
  readonly step: StepName;
  /** The function's id of a "load", the request id of a "status"; "" for the rest, and for loads in one collection. */
  readonly subject: string;
  /** The line that the request shows. */
  readonly text: string | undefined;
};

type Role = { readonly step: StepName; readonly from: number; readonly isRequest: boolean };

const ROLES: ReadonlyMap<number, Role> = new Map(
  STEP_KINDS.flatMap(({ step, requests, answers }) => [
    ...requests.map((kind): [number, Role] => [kind, { step, from: HOST, isRequest: true }]),
    ...answers.map((kind): [number, Role] => [kind, { step, from: WORKER, isRequest: false }]),
  ]),
);

/**
 * Pairs by kind, loads also by function id: a worker answers them in any order. Only a status ping is paired by request id, the one message
 * in which the host sets it and every worker returns it.
 */
export const workerStepPairing: Pairing<WorkerStep> = {
  keyOf(facts) {
    const role = ROLES.get(facts.kind);
    if (role?.isRequest === false && facts.isCut === true) {
      return undefined;
    }
    return role?.from === facts.side ? `${role.step} ${subjectOf(role, facts)}` : undefined;
  },
  isRequest: ({ kind }) => ROLES.get(kind)?.isRequest === true,
  apply(attempts, facts) {
    const role = ROLES.get(facts.kind);
    if (role === undefined) {
      throw new RangeError(`Kind ${facts.kind} is no step: keyOf comes first.`);
    }
    const hasIt = ({ startedSeq, answeredSeq }: WorkerStep) =>
      (role.isRequest ? startedSeq : answeredSeq) !== undefined;
    const same = facts.isStandIn === true ? attempts.findLast(hasIt) : undefined;
    if (same !== undefined) {
      return same;
    }
    const fresh = (): WorkerStep => ({
      id: facts.seq,
      stream: facts.stream,
      attempt: nextAttempt(attempts),
      startedSeq: undefined,
      startedAt: undefined,
      answeredSeq: undefined,
      answeredAt: undefined,
      status: undefined,
      result: undefined,
      extraAnswers: 0,
      step: role.step,
      subject: subjectOf(role, facts),
      text: undefined,
    });
    if (!role.isRequest) {
      return answered(oldestOpen(attempts) ?? attempts.at(-1) ?? fresh(), facts);
    }
    const row = lackingRequest(attempts) ?? fresh();
    return { ...row, startedSeq: facts.seq, startedAt: facts.at, text: facts.text };
  },
};

function subjectOf({ step }: Role, { functionId, requestId }: PairingFacts): string {
  return (step === "load" ? functionId : step === "status" ? requestId : undefined) ?? "";
}

/** `row` with one more answer. */
function answered(row: WorkerStep, { seq, at, status, text }: PairingFacts): WorkerStep {
  if (row.answeredSeq !== undefined) {
    return { ...row, extraAnswers: row.extraAnswers + 1 };
  }
  return { ...row, answeredSeq: seq, answeredAt: at, status, result: text };
}
