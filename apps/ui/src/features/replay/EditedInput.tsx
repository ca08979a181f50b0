import { compareRequests } from "@inspector/analysis/replay/request";
import { useMemo } from "react";
import styles from "../compare/compare.module.css";
import { Differences } from "../compare/Differences.tsx";
import { useRequest } from "../compare/useAnswer.ts";
import type { AnswerIn } from "./CompareView.tsx";

const NAMES = ["Recorded", "Sent"] as const;

type EditedInputProps = { readonly recorded: AnswerIn; readonly replayed: AnswerIn };

/** What was changed in a request before it was sent. */
export function EditedInput({ recorded, replayed }: EditedInputProps) {
  const before = useRequest(recorded.place, recorded.answer.row.id).data?.request;
  const sent = useRequest(replayed.place, replayed.answer.row.id).data?.request;
  const edits = useMemo(
    () => (before !== undefined && sent !== undefined ? compareRequests(before, sent) : []),
    [before, sent],
  );
  if (edits.length === 0) {
    return null;
  }
  return (
    <>
      <p className={styles["quiet"]}>Changed in the request before it was sent:</p>
      <Differences label="What was changed" names={NAMES} differences={edits} />
    </>
  );
}
