import type { StreamInfo, WorkerInfo } from "@inspector/contract/page";
import type { RowStatus, Tone } from "../format/message.ts";
import { phaseWord } from "./session-words.ts";

const PHASE_TONES: Readonly<Record<StreamInfo["phase"], Tone>> = {
  connected: "busy",
  started: "busy",
  initialized: "busy",
  loaded: "good",
  ended: "mute",
  failed: "bad",
};

/** Steps in which a worker that ends was never ready. */
const START_UP: readonly string[] = ["start", "warmup", "init", "reload", "index", "load"];

/** What a phase says of a worker that nothing else is known of yet. */
export function phaseState(phase: StreamInfo["phase"]): RowStatus {
  return { tone: PHASE_TONES[phase], label: phaseWord(phase) };
}

export const NEVER_READY = "never became ready";

type Told = Pick<
  WorkerInfo,
  "stream" | "verdict" | "process" | "steps" | "invocations" | "failures" | "inFlight" | "lost"
>;

/** How a worker stands, in the words of the header, the captions and the list of workers alike. */
export function workerState(worker: Told): RowStatus {
  const { stream, verdict, process, steps, invocations } = worker;
  // A process that never connected has no stream; its phase would say that it did.
  if (stream.id < 0) {
    const hasExited = process?.exitedAt !== undefined;
    return { tone: hasExited ? "bad" : "busy", label: hasExited ? "never connected" : "not connected yet" };
  }
  const wasUsed = invocations > worker.failures + worker.inFlight + worker.lost;
  if (verdict !== undefined && START_UP.includes(verdict.step) && !wasUsed) {
    return { tone: "bad", label: NEVER_READY };
  }
  if (stream.phase === "failed") {
    return { tone: "bad", label: NEVER_READY };
  }
  if (stream.phase !== "ended") {
    return phaseState(stream.phase);
  }
  if (verdict !== undefined) {
    return { tone: "bad", label: "died" };
  }
  // Of a worker whose start was not recorded nobody knows.
  const isStartKnown = steps.some(({ step }) => step === "start");
  const wasReady = invocations > 0 || steps.some(({ step, state }) => step === "load" && state === "success");
  return { tone: "mute", label: isStartKnown && !wasReady ? NEVER_READY : phaseWord(stream.phase) };
}

/** A state as it is shown while the inspector is away: what was going on then is past, how something ended stays so. */
export function pastState(status: RowStatus): RowStatus {
  const isOver = status.tone !== "good" && status.tone !== "busy";
  return isOver ? status : { tone: "mute", label: `was ${status.label}` };
}
