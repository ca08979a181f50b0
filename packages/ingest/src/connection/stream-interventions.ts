/**
 * What the relay did in one stream, as far as its state is needed to go on: part of the connection's saved state.
 * Sides here are the ends of the connection, as the relay names them: "worker" is the one that opened it.
 */
import type { Intervention } from "@inspector/contract/intervention";
import type { InterventionEvent } from "@inspector/contract/intervention-lines";
import type { Nanos, Seq } from "@inspector/contract/page";
import type { SharedMemoryEvent } from "@inspector/contract/shared-memory";
import { SIDE_NUMBERS } from "@inspector/session/sql-values";
import type { Writer } from "@inspector/session/writer";
import type { Side } from "@inspector/wire/frames";
import type { OpenInjection } from "./injected-message.ts";
import { roleOf } from "./peer-roles.ts";

/** What is told of a message by its number: that something was done to it, and when, or that a copy of shared memory belongs to it. */
type Note =
  | { readonly mark: Exclude<Intervention, "injected"> | "released"; readonly at: Nanos }
  | { readonly sharedMemory: number };

export type StreamInterventions = {
  /** Messages of each side that crossed so far, those of the relay left out. */
  readonly crossed: Record<Side, number>;
  /** False once some went by unrecorded. */
  isCounted: boolean;
  /** Messages of the relay's own of which not all has been read. */
  readonly injecting: Record<Side, OpenInjection | undefined>;
  /** Held messages, whose end will be told by their numbers later on: [side, number, seq]. */
  held: readonly (readonly [Side, number, Seq])[];
  /** What was told of messages of which not all has been read. */
  awaited: (readonly [Side, number, Note])[];
};

export function noInterventions(): StreamInterventions {
  return {
    crossed: { host: 0, worker: 0 },
    isCounted: true,
    injecting: { host: undefined, worker: undefined },
    held: [],
    awaited: [],
  };
}

/** Bytes are missing: numbers say nothing any more. */
export function loseCount(state: StreamInterventions): void {
  state.isCounted = false;
  state.awaited = [];
}

/** A message of a peer is complete. */
export function noteCrossed(writer: Writer, state: StreamInterventions, side: Side, seq: Seq): void {
  state.crossed[side] += 1;
  if (state.awaited.length === 0) {
    return;
  }
  const number = state.crossed[side];
  const isThis = ([of, awaited]: readonly [Side, number, Note]): boolean => of === side && awaited === number;
  for (const [, , note] of state.awaited.filter(isThis)) {
    put(writer, state, side, number, seq, note);
  }
  state.awaited = state.awaited.filter((one) => !isThis(one));
}

type Stream = {
  readonly id: number;
  readonly interventions: StreamInterventions;
  readonly dialledBy?: Side | undefined;
};
type MarkEvent = Exclude<InterventionEvent, { type: "injected" }>;

export function noteMark(writer: Writer, stream: Stream, event: MarkEvent, at: Nanos): void {
  note(writer, stream, event, { mark: event.type, at });
}

/** @param copy number of the copy's row */
export function noteSharedMemory(
  writer: Writer,
  stream: Stream,
  named: Pick<SharedMemoryEvent, "direction" | "message">,
  copy: number,
): void {
  note(writer, stream, named, { sharedMemory: copy });
}

function note(
  writer: Writer,
  { id, interventions: state, dialledBy }: Stream,
  { direction, message }: Pick<MarkEvent, "direction" | "message">,
  what: Note,
): void {
  if (!state.isCounted) {
    return;
  }
  const side = direction === "to-worker" ? "host" : "worker";
  const others = state.crossed[side] - message;
  if (others < 0) {
    state.awaited.push([side, message, what]);
    return;
  }
  const held = state.held.find(([of, number]) => of === side && number === message)?.[2];
  const seq = held ?? writer.messageBefore(id, SIDE_NUMBERS[roleOf(side, dialledBy)], others);
  if (seq !== undefined) {
    put(writer, state, side, message, seq, what);
  }
}

function put(writer: Writer, state: StreamInterventions, side: Side, number: number, seq: Seq, what: Note): void {
  if ("sharedMemory" in what) {
    writer.sharedMemory.belongs(what.sharedMemory, seq);
    return;
  }
  const { mark, at } = what;
  if (mark !== "released") {
    writer.mark(seq, mark);
  }
  if (mark !== "held") {
    writer.letGo(seq, at, mark !== "dropped");
  }
  const others = state.held.filter(([of, held]) => of !== side || held !== number);
  state.held = mark === "held" ? [...others, [side, number, seq]] : others;
}
