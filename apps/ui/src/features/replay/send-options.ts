import { answerLimit, MAX_TIMEOUT_MS } from "@inspector/contract/answer-limit";
import type { Nanos } from "@inspector/contract/page";
import { formatCount } from "../../shell/format/time.ts";

/** How a message is sent, as it is typed. */
export type SendOptionsText = {
  readonly times: string;
  readonly perSecond: string;
  readonly timeoutSeconds: string;
};

/** What the hub takes. */
export const MAX_TIMES = 10_000;
export const MIN_RATE = 0.001;
export const MAX_RATE = 1000;
export const MAX_TIMEOUT_S = MAX_TIMEOUT_MS / 1000;

/** Sent once, with time for an answer that took as long as the recorded one. */
export function once(duration: Nanos | undefined): SendOptionsText {
  return { times: "1", perSecond: "", timeoutSeconds: String(Math.ceil(answerLimit(duration) / 1000)) };
}

/** What keeps the fields from meaning something, in words. */
export function describeBadOption(text: SendOptionsText): string | undefined {
  const { isTimes, isRate, isTimeout } = judgeOptions(text);
  if (!isTimes) {
    return `Times: a whole number from 1 to ${formatCount(MAX_TIMES)}.`;
  }
  if (!isRate) {
    return `Rate: from ${MIN_RATE} to ${formatCount(MAX_RATE)} a second, or nothing to send one after another.`;
  }
  return isTimeout ? undefined : `Time-out: more than 0 and at most ${formatCount(MAX_TIMEOUT_S)} seconds.`;
}

/** Which of the fields mean something. */
export function judgeOptions({ times, perSecond, timeoutSeconds }: SendOptionsText) {
  const [count, rate, seconds] = [Number(times), Number(perSecond), Number(timeoutSeconds)];
  return {
    isTimes: Number.isSafeInteger(count) && count >= 1 && count <= MAX_TIMES,
    // A single replay has no rate, and the form no field for it.
    isRate: perSecond === "" || !(count > 1) || (rate >= MIN_RATE && rate <= MAX_RATE),
    isTimeout: timeoutSeconds !== "" && seconds > 0 && seconds <= MAX_TIMEOUT_S,
  };
}

/** What the fields mean; undefined while one of them means nothing. */
export function readOptions(text: SendOptionsText) {
  if (describeBadOption(text) !== undefined) {
    return undefined;
  }
  const [times, perSecond, seconds] = [Number(text.times), Number(text.perSecond), Number(text.timeoutSeconds)];
  return {
    ...(times > 1 && { times }),
    ...(times > 1 && text.perSecond !== "" && { perSecond }),
    timeoutMs: Math.round(seconds * 1000),
  };
}
