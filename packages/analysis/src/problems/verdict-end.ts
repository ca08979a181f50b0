/** How a worker that was alive came to its end. */

import { formatSpan, SECOND } from "@inspector/session/limits";
import { firstUserFrame } from "./cause/user-frame.ts";
import type { DamagedMessage } from "./damaged-messages.ts";
import { askedToEndAt, isErrorExit, isStopped, signalOf } from "./exits.ts";
import { overlong, whyHostEndedIt } from "./host-reasons.ts";
import type { ProblemSession } from "./problem-session.ts";
import { describeExit, type ProcessExit, type WorkerProcess } from "./processes.ts";
import { lastErrorLog, lastLogOf, lastWordsIn, type Told, tellCause } from "./quotes.ts";
import { damageBeforeEnd, describeDamage } from "./rules/damage.ts";
import { nameOfStatus, otherStreamOf, unexpectedEnd } from "./rules/stream-end.ts";
import type { Case, VerdictWords } from "./verdict-words.ts";
import { evidenceOf, nameOfKind, nameOfWorker } from "./words.ts";
import { type Scene, sceneOf } from "./worker-scene.ts";
import type { WorkerStream } from "./worker-stream.ts";

type End = Pick<VerdictWords, "kind" | "sentence" | "advice">;

/** A worker whose process or stream ended, and not in order. */
export function died(one: Case): VerdictWords | undefined {
  const { session, stream, process } = one;
  const scene = sceneOf(one);
  const words = process && lastWordsIn(process, scene.window);
  const log =
    scene.invocations.length > 0
      ? lastLogOf(session, scene.invocations)
      : scene.startedSeq === undefined
        ? undefined
        : lastErrorLog(session, stream, scene.startedSeq);
  const told = tellCause(words, process, scene.step === "start");
  const end =
    process?.exit === undefined ? howStreamEnded(one, scene) : howItExited(one, process, process.exit, scene, told);
  if (end === undefined) {
    return undefined;
  }
  const place = words?.error && firstUserFrame(words.text);
  const advice = place === undefined || told.advice !== undefined ? end.advice : `${end.advice} It names ${place}.`;
  const exit = process?.exit;
  return {
    kind: end.kind,
    step: scene.step,
    sentence: end.sentence,
    quote: words?.text ?? stream.end?.grpcMessage ?? log?.text ?? hostReason(session, stream),
    advice: told.advice ?? advice,
    evidence: [
      ...scene.evidence,
      ...(words === undefined && log !== undefined ? evidenceOf(["last log", log.seq]) : []),
      ...(exit === undefined ? [] : [{ label: "process exited", event: exit.event }]),
    ],
  };
}

/**
 * undefined for a worker that lives, and for one that was stopped in order. Hosts often end idle workers by ending their
 * connections, so that alone is no death.
 */
function howStreamEnded({ session, stream, process }: Case, { during, step }: Scene): End | undefined {
  if (otherStreamOf(session, stream) !== undefined) {
    return undefined;
  }
  const worker = `the ${nameOfWorker(stream)}`;
  const end = unexpectedEnd(session, stream);
  const damaged = end === "status" || end === "reset" ? damageBeforeEnd(session, stream) : undefined;
  const refused = damaged === undefined ? "" : refusedMessage(damaged);
  switch (end) {
    case "clean":
      return {
        kind: "call-ended-ok",
        sentence: `The call of ${worker} was ended with OK, which workers take for the end of their work, ${during}.`,
        advice:
          "Find what stands for the host here. Where it fails, it must end the call with an error status, so that the worker is started again.",
      };
    case "status":
      return {
        kind: "call-ended-with-status",
        sentence: `The host ended the call of ${worker} with gRPC status ${nameOfStatus(stream.end?.grpcStatus)} ${during}${refused}.`,
        advice: damaged ? MALFORMED : "Look at the host's log at that time: it ended the call, not the worker.",
      };
    case "reset":
      return {
        kind: "call-cancelled",
        sentence: `The ${stream.end?.by} cancelled the call of ${worker} ${during}${refused}.`,
        advice: damaged
          ? MALFORMED
          : `Look at what the ${stream.end?.by} wrote at that time: a message that is too large, an exception in its stream handling, an end of its process.`,
      };
    case "finished":
      return step === "idle"
        ? undefined
        : {
            kind: "call-ended-by-worker",
            sentence: `${upperFirst(worker)} ended its call ${during}.`,
            advice: "Look at what made the worker stop: a signal, an end of its main function, a call of its shutdown.",
          };
    case "lost":
      if (step === "idle") {
        return undefined;
      }
      return {
        kind: "connection-closed",
        sentence:
          stream.end?.by === "host"
            ? `The host broke the connection of ${worker} ${during}.`
            : `The connection of ${worker} closed ${during}.`,
        advice: process === undefined ? PROCESS_UNKNOWN : process.exit === undefined ? PROCESS_ALIVE : PROCESS_OUTLIVED,
      };
    default:
      return undefined;
  }
}

/** The end of a sentence about the side that ended a call: what had come to it right before and is malformed. */
function refusedMessage({ seq, kind, damage }: DamagedMessage): string {
  return `: message ${seq}, ${nameOfKind(kind)}, ${describeDamage(damage)}`;
}

const MALFORMED =
  "Open that message: its bytes are under Raw, as they crossed. Look at what wrote it: a cut buffer, a length of its own making, text in another encoding, an error in the middle of writing.";

const PROCESS_UNKNOWN =
  "Its process was not recorded, and a crash, a kill and an exit leave the same trace. Look at what the worker wrote last and at its exit code: `inspector run` and `inspector host` record both.";
const PROCESS_ALIVE =
  "No end of its process was recorded. Look at what the worker wrote last, and whether the process still runs.";
const PROCESS_OUTLIVED =
  "The call ended before the process did: look at what worker and host wrote at that time, not at the exit code.";

function howItExited(one: Case, process: WorkerProcess, exit: ProcessExit, scene: Scene, told: Told): End | undefined {
  const { session, stream } = one;
  const ended = { process, exit, stream };
  if (isStopped(session, ended) || isIdleBehindHost(stream, exit, scene)) {
    return undefined;
  }
  const byHost = endedByHost(one, process) ?? behindHostsEnd(one, exit, scene);
  if (byHost !== undefined) {
    return byHost;
  }
  const worker = `The ${nameOfWorker(stream)}`;
  const askedAt = askedToEndAt(session, ended);
  if (askedAt !== undefined) {
    const sentence = `${worker} ended with ${describeExit(exit)} ${formatSpan(exit.at - askedAt)} after the host had asked it to terminate${told.clause}.`;
    return {
      kind: "failed-stop",
      sentence,
      advice: "Look at what runs at the end: hooks for appTerminate, handlers of SIGTERM, connections that are closed.",
    };
  }
  if (isErrorExit(exit)) {
    return errorExit(worker, exit, scene, told);
  }
  return exit.code === 0 ? quietExit(one, worker, exit, scene, told) : undefined;
}

/** Hosts that stop break the connections of idle workers, which end then as they like. */
function isIdleBehindHost({ end, endedAt }: WorkerStream, exit: ProcessExit, { step }: Scene): boolean {
  return step === "idle" && end?.by === "host" && end.how === "lost" && (endedAt ?? exit.at) <= exit.at;
}

/** A process that ended behind its stream, which the host had ended, or a good while behind it: then that is the cause. */
function behindHostsEnd(one: Case, exit: ProcessExit, scene: Scene): End | undefined {
  const { stream } = one;
  const { end, endedAt } = stream;
  const later = endedAt === undefined ? -1 : exit.at - endedAt;
  if (later < (end?.by === "host" ? 0 : AT_ONCE) || isTakenForWish(one, exit)) {
    return undefined;
  }
  const streamEnd = howStreamEnded(one, scene);
  if (streamEnd === undefined) {
    return undefined;
  }
  const then = `; its process ended with ${describeExit(exit)} ${formatSpan(later)} later.`;
  return { ...streamEnd, sentence: streamEnd.sentence.replace(/\.$/u, then) };
}

/** Code 0 at once behind an OK of the host. */
function isTakenForWish({ session, stream }: Case, exit: ProcessExit): boolean {
  return (
    exit.code === 0 && unexpectedEnd(session, stream) === "clean" && exit.at - (stream.endedAt ?? exit.at) < AT_ONCE
  );
}

const AT_ONCE = 2 * SECOND;

function errorExit(worker: string, exit: ProcessExit, { during }: Scene, told: Told): End {
  const signal = signalOf(exit);
  const code = exit.signal === undefined ? ` (exit code ${exit.code})` : "";
  switch (signal) {
    case "SIGKILL":
      return {
        kind: "killed",
        sentence: `${worker} was killed by SIGKILL${code} ${during}${told.cause === undefined ? ", by its host, by hand or by the system for lack of memory: nothing recorded says which" : told.clause}.`,
        advice:
          "Look for the system's word on it (dmesg, docker inspect: OOMKilled, the container's events) and at the host's log at that time. What the functions in flight keep in memory is the first suspect.",
      };
    case "SIGABRT":
    case "SIGSEGV":
    case "SIGBUS":
      return {
        kind: "crashed",
        sentence: `${worker} crashed with ${signal}${code} ${during}${told.clause}.`,
        advice:
          "A runtime or a native module crashed, or the app called abort: look at what it wrote last, at native packages that changed, and at memory.",
      };
    case undefined:
      return {
        kind: "exit-code",
        sentence: `${worker} ended with exit code ${exit.code ?? "unknown"} ${during}${told.clause}.`,
        advice: told.clause.startsWith("; it wrote") ? SILENT_EXIT : "Correct what the quote names.",
      };
    default:
      return {
        kind: "signalled",
        sentence: `${worker} was ended by ${signal}${code} ${during}${told.clause}.`,
        advice:
          "Somebody asked it to end although it was not idle: a host that stops, a container that is replaced, or a hand. Look at their logs.",
      };
  }
}

const SILENT_EXIT =
  "It wrote nothing: look for process.exit, sys.exit, os._exit or System.exit in what was in flight, or run the worker by hand with the command that Workers shows.";

/** Exit code 0 that nobody asked for, or behind an OK from the host's side. */
function quietExit(
  { session, stream }: Case,
  worker: string,
  exit: ProcessExit,
  { during, step }: Scene,
  told: Told,
): End | undefined {
  const end = unexpectedEnd(session, stream);
  if (end === "clean") {
    return {
      kind: "quiet-exit-behind-ok",
      sentence: `${worker} exited with code 0 right after the host's side had ended the call with OK, ${during}; after code 0 the host starts no other one.`,
      advice:
        "Find what stands for the host here. Where it fails, it must end the call with an error status, so that the worker is started again.",
    };
  }
  const isLongAfter = exit.at - (stream.endedAt ?? exit.at) > AT_ONCE;
  if (end === undefined || (step === "idle" && (end !== "lost" || isLongAfter))) {
    return undefined;
  }
  return {
    kind: "quiet-exit",
    sentence: `${worker} exited with code 0 ${during}${told.cause === undefined ? "" : told.clause}; after code 0 the host starts no other one.`,
    advice:
      "Look for process.exit(), sys.exit(), os._exit() or System.exit() in what was in flight, and for a main function that returns.",
  };
}

/** A process that its host ended, for what it waited for in vain or did not like. */
function endedByHost({ session, stream }: Case, process: WorkerProcess): End | undefined {
  const reason = whyHostEndedIt(session, process);
  if (reason !== undefined) {
    const isSlow = /functionTimeout/u.test(reason);
    const worker = nameOfWorker(isSlow ? { ...stream, workerId: undefined } : stream);
    return {
      kind: isSlow ? "function-timeout" : "ended-by-host",
      sentence: `The host ended the ${worker}: ${reason}.`,
      advice: isSlow
        ? "Look at what the function waits for; its last log says how far it came. Or raise functionTimeout in host.json. What else was in flight there failed with it."
        : "Look at what the worker did meanwhile: its output and its logs.",
    };
  }
  const slow = overlong(session, stream, process);
  if (slow === undefined) {
    return undefined;
  }
  return {
    kind: "overlong-function",
    sentence: `The ${nameOfWorker(stream)} was killed by SIGKILL after ${slow}: hosts end workers so.`,
    advice:
      "Look at what the function waits for; its last log says how far it came. Or raise functionTimeout in host.json.",
  };
}

/** Why a host of ours says it gave the worker up. */
function hostReason(session: ProblemSession, stream: WorkerStream): string | undefined {
  const event = session.events.of("host-worker-failed").find(({ detail }) => detail["workerId"] === stream.workerId);
  return event === undefined ? undefined : String(event.detail["reason"] ?? "");
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
