import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import type { TextPair } from "../detail/reading.ts";
import styles from "./editor.module.css";

type PairTableProps = {
  /** "Query", "Headers". */
  readonly title: string;
  /** "query parameter", "header": one of them. */
  readonly noun: string;
  readonly pairs: readonly TextPair[];
  /** A name stands once: of several lines with it, the last counts. */
  readonly isMap?: boolean;
  readonly onChange: (pairs: readonly TextPair[]) => void;
};

/** Names and values, one line each. A line without a name is none of the pairs (yet). */
export function PairTable({ title, noun, pairs, isMap = false, onChange }: PairTableProps) {
  const [lines, setLines] = useState(pairs);
  const shown = isSame(pairsOf(lines, isMap), pairsOf(pairs, isMap)) ? lines : pairs;
  const change = (next: readonly TextPair[]) => {
    setLines(next);
    onChange(pairsOf(next, isMap));
  };
  const replace = (index: number, pair: TextPair) => change(shown.with(index, pair));
  return (
    <fieldset className={styles["pairs"]}>
      <legend>
        {title} <span className={styles["count"]}>{pairs.length}</span>
      </legend>
      {shown.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is the same one while its name is typed
        <div key={index} className={styles["pair"]}>
          <input
            aria-label={`Name of ${noun} ${index + 1}`}
            value={name}
            spellCheck={false}
            onChange={(event) => replace(index, [event.target.value, value])}
          />
          <input
            aria-label={name === "" ? `Value of ${noun} ${index + 1}` : `Value of ${noun} ${name}`}
            value={value}
            spellCheck={false}
            onChange={(event) => replace(index, [name, event.target.value])}
          />
          <Button
            shape="icon"
            size="small"
            look="plain"
            aria-label={`Remove ${noun} ${name || index + 1}`}
            onClick={() => change(shown.toSpliced(index, 1))}
          >
            <X size={12} aria-hidden />
          </Button>
        </div>
      ))}
      <Button size="small" look="plain" onClick={() => change([...shown, ["", ""]])}>
        <Plus size={12} aria-hidden /> Add a {noun}
      </Button>
    </fieldset>
  );
}

function pairsOf(lines: readonly TextPair[], isMap: boolean): readonly TextPair[] {
  const named = lines.filter(([name]) => name !== "");
  return isMap ? [...new Map(named)] : named;
}

function isSame(one: readonly TextPair[], other: readonly TextPair[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
