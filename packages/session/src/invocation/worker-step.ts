import { KIND } from "@inspector/proto";
import {
  answered,
  type Exchange,
  HOST,
  lackingRequest,
  nextAttempt,
  oldestOpen,
  type Pairing,
  type PairingFacts,
  WORKER,
} from "./exchange.ts";

/** What host and worker do besides invocations, in the order of a worker's life. */
export const STEP_NAMES = ["start", "warmup", "init", "reload", "index", "load", "status", "terminate"] as const;

export type StepName = (typeof STEP_NAMES)[number];

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

const ROLES: ReadonlyMap<number, Role> = new Map([
  [KIND.startStream, answer("start")],
  [KIND.workerWarmupRequest, request("warmup")],
  [KIND.workerWarmupResponse, answer("warmup")],
  [KIND.workerInitRequest, request("init")],
  [KIND.workerInitResponse, answer("init")],
  [KIND.functionEnvironmentReloadRequest, request("reload")],
  [KIND.functionEnvironmentReloadResponse, answer("reload")],
  [KIND.functionsMetadataRequest, request("index")],
  [KIND.functionMetadataResponse, answer("index")],
  [KIND.functionLoadRequest, request("load")],
  [KIND.functionLoadResponse, answer("load")],
  [KIND.functionLoadRequestCollection, request("load")],
  [KIND.functionLoadResponseCollection, answer("load")],
  [KIND.workerStatusRequest, request("status")],
  [KIND.workerStatusResponse, answer("status")],
  [KIND.workerTerminate, request("terminate")],
]);

function request(step: StepName): Role {
  return { step, from: HOST, isRequest: true };
}

function answer(step: StepName): Role {
  return { step, from: WORKER, isRequest: false };
}

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
