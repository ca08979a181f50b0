import { Fragment, use } from "react";
import { cutAtHits, FindContext } from "./find-marks.ts";
import styles from "./MarkedText.module.css";

/** Text of a line, with what is looked for marked in it. */
export function MarkedText({ text }: { readonly text: string }) {
  const find = use(FindContext);
  if (find === undefined) {
    return <>{text}</>;
  }
  return cutAtHits(text, find.text).map((piece) =>
    piece.isHit ? (
      <mark key={piece.at} className={styles["hit"]}>
        {piece.text}
      </mark>
    ) : (
      <Fragment key={piece.at}>{piece.text}</Fragment>
    ),
  );
}
