import type { HeldMessage } from "@inspector/contract/intervention";

/** The oldest first: in this order they are let go. */
export function inOrder(held: readonly HeldMessage[]): readonly HeldMessage[] {
  return held.toSorted((a, b) => a.heldAt - b.heldAt || a.id - b.id);
}

/** The one that is looked at after the one of that id: the next that came, else the oldest of the others. */
export function nextHeld(held: readonly HeldMessage[], id: number): HeldMessage | undefined {
  const sorted = inOrder(held);
  const at = sorted.findIndex((message) => message.id === id);
  return sorted[at + 1] ?? sorted.find((message) => message.id !== id);
}
