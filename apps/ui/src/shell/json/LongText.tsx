import { visibleText } from "@inspector/contract/visible-text";
import { useEffect, useRef, useState } from "react";
import { formatCount } from "../format/time.ts";
import { cutAtHits } from "./find-marks.ts";
import styles from "./JsonTree.module.css";

/** Characters of a text that are shown at once; megabytes in one line would stop the page. */
const FIRST = 2000;
const STEP = 50_000;

/** A text that may be megabytes long: its beginning, and more on request. What a component returns bare passes no element. */
export function LongText({ text, first = FIRST }: { readonly text: string; readonly first?: number }) {
  const [shown, setShown] = useState(first);
  if (text.length <= shown) {
    return visibleText(text);
  }
  return (
    <>
      {text.slice(0, shown)}
      <button
        type="button"
        className={styles["more"]}
        onClick={(event) => {
          event.stopPropagation();
          setShown(shown < STEP ? STEP : shown * 4);
        }}
      >
        … {formatCount(text.length - shown)} more characters
      </button>
    </>
  );
}

/** Characters before a hit that are shown with it where the text is long. */
const BEFORE_HIT = 400;

type FoundTextProps = {
  readonly text: string;
  readonly wanted: string;
  /** Where the current hit begins, if it is in this text. */
  readonly current: number | undefined;
};

/** A text with what is looked for marked; of a long one the part around the current hit. */
export function FoundText({ text, wanted, current }: FoundTextProps) {
  const mark = useRef<HTMLElement>(null);
  useEffect(() => {
    if (current !== undefined) {
      mark.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }, [current]);
  const isLong = text.length > FIRST;
  const from = isLong && current !== undefined ? Math.max(0, current - BEFORE_HIT) : 0;
  const part = isLong ? text.slice(from, from + FIRST) : text;
  return (
    <>
      {from > 0 && <span className={styles["mute"]}>{formatCount(from)} characters … </span>}
      {cutAtHits(part, wanted).map(({ text, at, isHit }) => {
        if (!isHit) {
          return visibleText(text);
        }
        const isCurrent = from + at === current;
        return (
          <mark key={at} ref={isCurrent ? mark : undefined} data-current={isCurrent}>
            {visibleText(text)}
          </mark>
        );
      })}
      {from + part.length < text.length && (
        <span className={styles["mute"]}> … {formatCount(text.length - from - part.length)} more characters</span>
      )}
    </>
  );
}
