import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button } from "../controls/Button.tsx";
import type { TextPair } from "../detail/reading.ts";
import styles from "./editor.module.css";

type PairTableProps = {
  /** "Query", "Headers". */
  readonly title: string;
  /** "query parameter", "header": one of them. */
  readonly noun: string;
  readonly pairs: readonly TextPair[];
  readonly onChange: (pairs: readonly TextPair[]) => void;
};

/** Names and values of a map, one line each. A line without a name is not in the map (yet). */
export function PairTable({ title, noun, pairs, onChange }: PairTableProps) {
  const [lines, setLines] = useState(pairs);
  const shown = JSON.stringify(mapOf(lines)) === JSON.stringify(mapOf(pairs)) ? lines : pairs;
  const change = (next: readonly TextPair[]) => {
    setLines(next);
    onChange(mapOf(next));
  };
  const replace = (index: number, pair: TextPair) => change(shown.with(index, pair));
  return (
    <fieldset className={styles["pairs"]}>
      <legend>
        {title} <span className={styles["count"]}>{mapOf(pairs).length}</span>
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

/** The last value of each name, as a map has it. */
function mapOf(lines: readonly TextPair[]): readonly TextPair[] {
  return [...new Map(lines.filter(([name]) => name !== ""))];
}
