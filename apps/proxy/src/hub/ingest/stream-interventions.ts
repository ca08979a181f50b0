/** What the relay did in one stream, as far as its state is needed to go on: part of the connection's saved state. */
import type { Intervention, Seq, Writer } from "@inspector/session";
import type { Side } from "@inspector/wire";
import type { InterventionEvent } from "../../relay/intervention-lines.ts";
import type { OpenInjection } from "./injected-message.ts";

type Mark = Exclude<Intervention, "injected">;

export type StreamInterventions = {
  /** Messages of each side that crossed so far, those of the relay left out. */
  readonly crossed: Record<Side, number>;
  /** False once some went by unrecorded: the relay's numbers say nothing any more then. */
  isCounted: boolean;
  /** Messages of the relay's own of which not all has been read. */
  readonly injecting: Record<Side, OpenInjection | undefined>;
  /** Held messages, whose end will be told by their numbers later on: [side, number, seq]. */
  held: readonly (readonly [Side, number, Seq])[];
  /** What was told of messages of which not all has been read. */
  awaited: readonly (readonly [Side, number, Mark])[];
};

const SIDE_NUMBERS = { host: 0, worker: 1 } as const;

export function noInterventions(): StreamInterventions {
  return {
    crossed: { host: 0, worker: 0 },
    isCounted: true,
    injecting: { host: undefined, worker: undefined },
    held: [],
    awaited: [],
  };
}

/** A message of a peer is complete. */
export function noteCrossed(writer: Writer, state: StreamInterventions, side: Side, seq: Seq): void {
  state.crossed[side] += 1;
  if (state.awaited.length === 0) return;
  const number = state.crossed[side];
  const isThis = ([of, awaited]: readonly [Side, number, Mark]): boolean => of === side && awaited === number;
  for (const [, , mark] of state.awaited.filter(isThis)) put(writer, state, side, number, seq, mark);
  state.awaited = state.awaited.filter((one) => !isThis(one));
}

type MarkEvent = Exclude<InterventionEvent, { type: "injected" }>;

/** @param stream its row */
export function noteMark(
  writer: Writer,
  { id, interventions: state }: { readonly id: number; readonly interventions: StreamInterventions },
  { type, direction, message }: MarkEvent,
): void {
  // That it went on in the end changes nothing that is told of a message.
  if (!state.isCounted || type === "released") return;
  const side = direction === "to-worker" ? "host" : "worker";
  const others = state.crossed[side] - message;
  if (others < 0) {
    state.awaited = [...state.awaited, [side, message, type]];
    return;
  }
  const held = state.held.find(([of, number]) => of === side && number === message)?.[2];
  const seq = held ?? writer.messageBefore(id, SIDE_NUMBERS[side], others);
  if (seq !== undefined) put(writer, state, side, message, seq, type);
}

function put(writer: Writer, state: StreamInterventions, side: Side, number: number, seq: Seq, mark: Mark): void {
  writer.mark(seq, mark);
  const others = state.held.filter(([of, held]) => of !== side || held !== number);
  state.held = mark === "held" ? [...others, [side, number, seq]] : others;
}
