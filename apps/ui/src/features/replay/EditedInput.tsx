import { compareRequests } from "@inspector/analysis/replay/request";
import { useMemo } from "react";
import { formatPlural } from "../../shell/format/size.ts";
import { DifferenceCells } from "./DifferenceCells.tsx";
import styles from "./replay.module.css";
import type { InvocationAnswer } from "./useAnswer.ts";

type EditedInputProps = { readonly recorded: InvocationAnswer; readonly replayed: InvocationAnswer };

/** Edited fields shown at once. */
const SHOWN = 100;

/** What was changed in the request before it was sent; nothing of one that was sent as it was recorded. */
export function EditedInput({ recorded, replayed }: EditedInputProps) {
  const isEdited = replayed.row.type === "invocation" && replayed.row.replay?.isEdited === true;
  const [before, sent] = [recorded.request, replayed.request];
  const edits = useMemo(
    () => (isEdited && before !== undefined && sent !== undefined ? compareRequests(before, sent) : []),
    [isEdited, before, sent],
  );
  if (edits.length === 0) {
    return null;
  }
  return (
    <>
      <p className={styles["quiet"]}>Changed in the request before it was sent:</p>
      <table className={styles["differences"]} data-kind="edits" aria-label="What was changed">
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">Recorded</th>
            <th scope="col">Sent</th>
          </tr>
        </thead>
        <tbody>
          {edits.slice(0, SHOWN).map(({ kind, path, recorded, replayed }) => (
            <tr key={`${kind} ${path}`}>
              <DifferenceCells path={path} recorded={recorded} replayed={replayed} />
            </tr>
          ))}
        </tbody>
        {edits.length > SHOWN && (
          <tfoot>
            <tr>
              <td colSpan={3}>And {formatPlural(edits.length - SHOWN, "change", "changes")} more.</td>
            </tr>
          </tfoot>
        )}
      </table>
    </>
  );
}
