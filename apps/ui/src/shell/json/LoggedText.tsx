import { Fragment, type ReactNode } from "react";
import { type AnsiSpan, hasColours, parseAnsi } from "../format/ansi.ts";
import styles from "./LoggedText.module.css";
import { MarkedText } from "./MarkedText.tsx";
import { cutTrailingBlanks, endsOfLines } from "./trailing-blanks.ts";

/** Text as somebody wrote it for people: with a terminal's colours, and with blanks at the ends of its lines, which are marked. */
export function LoggedText({ text }: { readonly text: string }) {
  if (!hasColours(text)) {
    return <Blanks text={text} />;
  }
  const spans = parseAnsi(text);
  const ends = endsOfLines(spans);
  return spans.map((span, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces have no identity but their place
    <span key={index} className={classesOf(span)} data-ink={span.ink} data-ground={span.ground}>
      <Blanks text={span.text} isAtEnd={ends[index]} />
    </span>
  ));
}

function classesOf({ isBold, isDim, isItalic, isUnderlined }: AnsiSpan): string {
  const names = [
    styles["span"],
    isBold && styles["bold"],
    isDim && styles["dim"],
    isItalic && styles["italic"],
    isUnderlined && styles["underlined"],
  ];
  return names.filter(Boolean).join(" ");
}

/** Blanks at the end of a line are dots, said aloud as what they are. */
function Blanks({ text, isAtEnd }: { readonly text: string; readonly isAtEnd?: boolean | undefined }): ReactNode {
  const parts = cutTrailingBlanks(text, isAtEnd);
  if (parts.length === 1) {
    return <MarkedText text={text} />;
  }
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces have no identity but their place
    <Fragment key={index}>
      {index % 2 === 0 ? (
        <MarkedText text={part} />
      ) : (
        <span className={styles["blank"]} title={part.length === 1 ? "A blank" : `${part.length} blanks`}>
          {part}
        </span>
      )}
    </Fragment>
  ));
}
