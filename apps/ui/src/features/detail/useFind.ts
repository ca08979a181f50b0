import { type FindHit, type FindResult, type FindWhere, MAX_HITS } from "@inspector/contract/find";
import type { Seq } from "@inspector/contract/page";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import { useDebounced } from "../../shell/data/useDebounced.ts";
import { useShortcuts } from "../../shell/keyboard/useShortcuts.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { textOf } from "../filter/filter-terms.ts";
import type { ShownFind } from "./FindBar.tsx";

/** Looking for a text in one message, hit by hit. */
export type Find = ShownFind & {
  readonly isOpen: boolean;
  /** Absent while the first answer is awaited. */
  readonly result: FindResult | undefined;
  readonly error: Error | null;
  /** Number of the current hit, from 0. */
  readonly index: number;
  readonly hit: FindHit | undefined;
};

/** So long nobody typed before the reader is asked, in ms. */
export const TYPING_MS = 150;

/** Finding in what is open, on Ctrl+F. The hub's reader looks through all of it; the page gets the hits around the current one. */
export function useFind(seq: Seq | undefined, where: FindWhere): Find {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const [asked, setAsked] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const { address } = useShell();
  const [typed, setText] = useState<string>();
  // Why a row is there is what most people look for in it first; it is marked, so that typing replaces it.
  const text = typed ?? textOf(address.filter) ?? "";
  const [index, setIndex] = useState(0);
  const wanted = useDebounced(text, TYPING_MS);
  const page = Math.floor(index / MAX_HITS) * MAX_HITS;
  const { data, error } = useQuery({
    queryKey: ["find", session?.id, seq, wanted, where, page],
    queryFn: ({ signal }) => client.findInMessage(seq ?? 0, wanted, where, page, signal),
    enabled: isOpen && seq !== undefined && wanted !== "",
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useShortcuts(
    seq === undefined
      ? {}
      : {
          "find-in-detail": () => {
            setOpen(true);
            setAsked((was) => was + 1);
          },
        },
  );
  const result = wanted === "" ? undefined : data;
  const count = result?.count ?? 0;
  return {
    isOpen,
    text,
    setText: (text) => {
      setText(text);
      setIndex(0);
    },
    result,
    error,
    index,
    hit: result?.hits[index - result.from],
    step: (by) => count > 0 && setIndex((was) => (was + by + count) % count),
    close: () => setOpen(false),
    asked,
  };
}
