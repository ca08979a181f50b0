import type { MessageRow, Seq } from "@inspector/contract/page";
import { useEffect } from "react";
import { useRowVersion, useSessionStore } from "../../shell/data/session-context.ts";

/** Reads rows of an invocation's messages; only `wanted` ones are fetched, and those that came before are kept. */
export function useRowsInSight(wanted: readonly Seq[]): (seq: Seq) => MessageRow | undefined {
  const { rows } = useSessionStore();
  useRowVersion("rows");
  const key = wanted.join(",");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is wanted
  useEffect(() => rows.want(wanted), [rows, key]);
  return (seq) => rows.get(seq);
}
