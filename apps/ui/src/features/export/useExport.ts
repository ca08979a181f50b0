import type { ExportState, ExportWish } from "@inspector/contract/export";
import { useEffect, useState } from "react";
import type { ExportClient } from "../../shell/data/export-client.ts";
import { RequestError } from "../../shell/data/session-client.ts";

/** How often the hub is asked how far it is, and that the export is still wanted. */
const BUSY_MS = 250;
const READY_MS = 2000;

export type PreparedExport = {
  /** Of what is asked for now; undefined while nothing is, and until the hub has answered. */
  readonly state: ExportState | undefined;
  /** Why there is none: the hub refused, or it is gone. */
  readonly error: Error | undefined;
  /** Whether the hub answers no more, so that what it prepared is gone too. */
  readonly isGone: boolean;
};

const NOTHING: PreparedExport = { state: undefined, error: undefined, isGone: false };

/** What is prepared, and for what: until the effect has run, that is still what was asked for before. */
type HeldExport = { readonly key: string | undefined; readonly prepared: PreparedExport };

/**
 * Has the hub prepare an export, follows it, and gives it up when something else is asked for, or nobody looks any more.
 * @param attempt another number prepares the same once more
 */
export function useExport(client: ExportClient, wish: ExportWish | undefined, attempt: number): PreparedExport {
  const [held, setHeld] = useState<HeldExport>({ key: undefined, prepared: NOTHING });
  const key = wish === undefined ? undefined : `${attempt} ${JSON.stringify(wish)}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is asked for
  useEffect(() => {
    setHeld({ key, prepared: NOTHING });
    return wish && follow(client, wish, (prepared) => setHeld({ key, prepared }));
  }, [client, key]);
  return held.key === key ? held.prepared : NOTHING;
}

/** @returns what gives it up */
function follow(client: ExportClient, wish: ExportWish, tell: (prepared: PreparedExport) => void): () => void {
  let isOver = false;
  let id: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function take(state: ExportState): void {
    if (isOver) {
      return;
    }
    tell({ state, error: undefined, isGone: false });
    if (state.phase !== "failed") {
      const isBusy = state.phase === "preparing" || (state.taken > 0 && state.taken < state.facts.size);
      timer = setTimeout(() => client.get(state.id).then(take, fail), isBusy ? BUSY_MS : READY_MS);
    }
  }

  function fail(error: unknown): void {
    if (!isOver) {
      const isGone = error instanceof RequestError && (error.status === 0 || error.status === 404);
      tell({ state: undefined, error: error instanceof Error ? error : new Error(String(error)), isGone });
    }
  }

  client.create(wish).then((state) => {
    id = state.id;
    if (isOver) {
      void client.cancel(state.id).catch(() => {});
    }
    take(state);
  }, fail);
  return () => {
    isOver = true;
    clearTimeout(timer);
    if (id !== undefined) {
      void client.cancel(id).catch(() => {});
    }
  };
}
