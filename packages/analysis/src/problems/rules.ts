import type { Rule } from "./rule.ts";
import { extraAnswer, reusedId, strayAnswer, unknownAnswer } from "./rules/answers.ts";
import { lateCancel, repeatedCancel, unheededCancel, unknownCancel } from "./rules/cancels.ts";
import { cutMessage, damagedMessage, falselyCompressed } from "./rules/damage.ts";
import { duplicateFunction } from "./rules/duplicate-function.ts";
import { failedLoadInvoked } from "./rules/failed-load-invoked.ts";
import { failedFunctions, failedResult } from "./rules/failed-result.ts";
import { noFirstMessage, wrongFirstMessage } from "./rules/first-message.ts";
import { hostGaveUp, hostMetadataFailed, hostRestart, hostTimedOut, hostWorkerFailed } from "./rules/host-events.ts";
import { httpBesideStream } from "./rules/http-beside-stream.ts";
import { impreciseInteger } from "./rules/imprecise-integer.ts";
import { largeMessage } from "./rules/large-message.ts";
import { lateLog, logWithoutInvocation, unknownInvocationLog } from "./rules/logs.ts";
import { lostInvocation } from "./rules/lost-invocation.ts";
import { missingTraceContext } from "./rules/missing-trace-context.ts";
import { namedEncoding } from "./rules/named-encoding.ts";
import { neverLoadedInvoked } from "./rules/never-loaded-invoked.ts";
import { emptyMessage, unusedKind, wrongDirection } from "./rules/odd-kinds.ts";
import { orphanHttp } from "./rules/orphan-http.ts";
import { processExit, quietExit, restartCount } from "./rules/process-exit.ts";
import {
  eventsLeftOut,
  givenUpMessages,
  recordingGap,
  relayLost,
  sessionRescued,
  streamsLeftOut,
  unreadableConnection,
  upstreamUnreachable,
} from "./rules/recording.ts";
import { slowStatus } from "./rules/slow-status.ts";
import { lateStep, neverStarted, unansweredStep } from "./rules/slow-steps.ts";
import { cleanEnd, connectionLost, errorEnd, lingeringWorker, resetStream, workerEnd } from "./rules/stream-end.ts";
import { unacceptableData } from "./rules/unacceptable-data.ts";
import { undeclaredMessage } from "./rules/undeclared-message.ts";
import { unknownFields } from "./rules/unknown-fields.ts";
import { unknownWorkerId } from "./rules/unknown-worker-id.ts";
import { missingModules, wrongRuntime } from "./rules/worker-environment.ts";

/** Everything that is looked for in a session. */
export const RULES: readonly Rule[] = [
  wrongFirstMessage,
  noFirstMessage,
  unknownWorkerId,
  neverStarted,
  missingModules,
  wrongRuntime,
  namedEncoding,
  lateStep,
  unansweredStep,
  failedResult,
  failedFunctions,
  failedLoadInvoked,
  neverLoadedInvoked,
  duplicateFunction,
  lostInvocation,
  extraAnswer,
  unknownAnswer,
  reusedId,
  strayAnswer,
  lateCancel,
  unknownCancel,
  repeatedCancel,
  unheededCancel,
  orphanHttp,
  lateLog,
  unknownInvocationLog,
  logWithoutInvocation,
  unacceptableData,
  impreciseInteger,
  missingTraceContext,
  undeclaredMessage,
  wrongDirection,
  unusedKind,
  emptyMessage,
  damagedMessage,
  cutMessage,
  falselyCompressed,
  unknownFields,
  largeMessage,
  slowStatus,
  httpBesideStream,
  cleanEnd,
  workerEnd,
  errorEnd,
  resetStream,
  connectionLost,
  lingeringWorker,
  processExit,
  quietExit,
  restartCount,
  hostTimedOut,
  hostWorkerFailed,
  hostMetadataFailed,
  hostRestart,
  hostGaveUp,
  upstreamUnreachable,
  recordingGap,
  givenUpMessages,
  relayLost,
  sessionRescued,
  eventsLeftOut,
  streamsLeftOut,
  unreadableConnection,
];
