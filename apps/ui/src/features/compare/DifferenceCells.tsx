import { formatPlural } from "../../shell/format/size.ts";
import { LongText } from "../../shell/json/LongText.tsx";
import { changedPart } from "./changed-part.ts";
import styles from "./compare.module.css";
import { readableJson } from "./comparison.ts";

/** Characters shown of one value until somebody opens it: an exception has a stack. */
const SHOWN_CHARACTERS = 400;
const SHOWN_AFTER = 200;

type DifferenceValueProps = { readonly json: string | undefined; readonly other: string | undefined };

type DifferenceCellsProps = {
  readonly path: string;
  readonly recorded?: string | undefined;
  readonly replayed?: string | undefined;
};

/** Of a row: where something is different, and what stands there on both sides. */
export function DifferenceCells({ path, recorded, replayed }: DifferenceCellsProps) {
  return (
    <>
      <th scope="row">{path}</th>
      <td data-side="recorded">
        <DifferenceValue json={recorded} other={replayed} />
      </td>
      <td data-side="replayed">
        <DifferenceValue json={replayed} other={recorded} />
      </td>
    </>
  );
}

/** One side of a difference, with what is not in the other one marked. */
function DifferenceValue({ json, other }: DifferenceValueProps) {
  if (json === undefined) {
    return <i>absent</i>;
  }
  const text = readableJson(json);
  const part = other === undefined ? undefined : changedPart(text, readableJson(other));
  // Where nothing is the same, nothing stands out.
  if (part === undefined || part.changed === text) {
    return <LongText text={text} first={SHOWN_CHARACTERS} />;
  }
  return (
    <>
      {part.skipped > 0 && (
        <span className={styles["quiet"]}>{formatPlural(part.skipped, "character", "characters")} the same … </span>
      )}
      {part.before}
      <mark>
        <LongText text={part.changed} first={SHOWN_CHARACTERS} />
      </mark>
      <LongText text={part.after} first={SHOWN_AFTER} />
    </>
  );
}
