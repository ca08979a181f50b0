import { visibleText } from "@inspector/contract/visible-text";
import { useState } from "react";
import { formatCount } from "../format/time.ts";
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
