import type { Difference } from "@inspector/analysis/replay/differences";
import { Button } from "../../shell/controls/Button.tsx";
import { Silent } from "../../shell/controls/Silent.tsx";
import { formatPlural } from "../../shell/format/size.ts";
import styles from "./compare.module.css";
import { DifferenceCells } from "./DifferenceCells.tsx";

/** What the two sides are called above their columns. */
export type SideNames = readonly [before: string, after: string];

type DifferencesProps = {
  /** The table's name. */
  readonly label: string;
  readonly names: SideNames;
  readonly differences: readonly Difference[];
  /** Leaves a place out from now on; absent where all is shown. */
  readonly onIgnore?: (path: string) => void;
};

/** Differences shown at once. */
const SHOWN = 200;

/** Where two things differ, and what stands there on both sides. */
export function Differences({ label, names, differences, onIgnore }: DifferencesProps) {
  const left = differences.length - SHOWN;
  return (
    <>
      <table className={styles["differences"]} data-can-ignore={onIgnore !== undefined} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">{names[0]}</th>
            <th scope="col">{names[1]}</th>
            {onIgnore && (
              <th scope="col">
                <Silent>Ignore</Silent>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {differences.slice(0, SHOWN).map(({ kind, path, recorded, replayed }) => (
            <tr key={`${kind} ${path}`} data-kind={kind}>
              <DifferenceCells path={path} recorded={recorded} replayed={replayed} />
              {onIgnore && (
                <td>
                  <Button size="small" look="plain" aria-label={`Ignore ${path}`} onClick={() => onIgnore(path)}>
                    Ignore
                  </Button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p className={styles["quiet"]}>And {formatPlural(left, "difference", "differences")} more.</p>}
    </>
  );
}
