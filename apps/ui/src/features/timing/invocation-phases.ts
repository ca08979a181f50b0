/** The parts of an invocation's time: what was held, what went on in the worker, what is waited for. */
import type { InvocationDetail, MessageRow, Nanos, Seq } from "@inspector/contract/page";
import { listPhases, type Mark, openPhase, type Phase, placesToRead } from "./timing.ts";

export type TimingPhase = Phase & { readonly isHeld?: true };

/** @param end the present, or when the stream ended that an answer would have come by */
export function phasesOf(
  row: InvocationDetail["row"],
  marks: readonly Mark[],
  end: Nanos | undefined,
): readonly TimingPhase[] {
  const { request, answer } = (row.type === "invocation" && row.held) || {};
  const phases: TimingPhase[] = [];
  if (request !== undefined) {
    const label = request.to === undefined ? "request held by you" : "request held by you, then let go";
    const to = request.to ?? row.answeredAt ?? end ?? request.from;
    phases.push({
      label: request.isDropped ? "request held by you, and dropped" : label,
      from: request.from,
      to,
      merged: 0,
      isHeld: true,
    });
  }
  // The worker has it from when it went on; of one that never did it has nothing.
  const began = request?.to;
  if (request === undefined || (began !== undefined && request.isDropped !== true)) {
    const own = began === undefined ? marks : marks.map((mark) => ({ ...mark, at: Math.max(mark.at, began) }));
    phases.push(...listPhases(own));
    const last = own.at(-1);
    const isOpen = row.state === "in-flight" || row.state === "lost";
    if (isOpen && last !== undefined && end !== undefined) {
      phases.push(
        row.state === "lost" ? { ...openPhase(last, end), label: "until the stream ended" } : openPhase(last, end),
      );
    }
  }
  if (answer !== undefined) {
    const label = answer.isDropped ? "answer held by you, and dropped" : "answer held by you";
    phases.push({ label, from: answer.from, to: answer.to ?? end ?? answer.from, merged: 0, isHeld: true });
  }
  return phases;
}

/** Numbers of the messages that have to be looked at to tell where the time went, with their places among all of them. */
export function messagesToRead({
  messages,
  pauses,
}: InvocationDetail): readonly { readonly seq: Seq; readonly index: number }[] {
  const places = placesToRead(
    messages.length,
    pauses.map((seq) => messages.indexOf(seq)),
  );
  return places.map((index) => ({ seq: messages[index] ?? 0, index }));
}

/** What was seen until the answer, with a name by which one log differs from another. */
export function marksOf(detail: InvocationDetail, rowOf: (seq: Seq) => MessageRow | undefined): readonly Mark[] {
  const end = detail.row.answeredAt;
  return messagesToRead(detail).flatMap(({ seq, index }): Mark[] => {
    const message = rowOf(seq);
    if (message === undefined || (end !== undefined && message.at > end)) {
      return [];
    }
    return [{ at: message.at, label: labelOf(message, detail), index }];
  });
}

type Ends = Pick<InvocationDetail, "request" | "response" | "cancel">;

function labelOf({ seq, text, kind }: MessageRow, { request, response, cancel }: Ends): string {
  switch (seq) {
    case request:
      return "request";
    case response:
      return "answer";
    case cancel:
      return "cancel";
    default:
      return text === undefined || text === "" ? kind : `“${shorten(text)}”`;
  }
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
