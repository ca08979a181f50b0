import type { PeerAnswer, PeerFacts, PeerOrder } from "./peer-process.ts";

/** Runs a peer: takes an order at a time and answers each; ends with the process that started it. */
export function serveOrders(run: (order: PeerOrder) => Promise<PeerFacts | undefined>): void {
  process.on("message", (order: PeerOrder) => {
    run(order).then(
      (facts) => answer({ ok: true, ...(facts !== undefined && { facts }) }),
      (error: unknown) => answer({ ok: false, reason: error instanceof Error ? (error.stack ?? "") : String(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
}

function answer(said: PeerAnswer): void {
  process.send?.(said);
}
