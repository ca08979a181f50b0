import { visibleText } from "@inspector/contract/visible-text";
import { useMemo } from "react";
import { LoggedText } from "./LoggedText.tsx";
import { NearSight } from "./NearSight.tsx";
import { cutText, linesOf } from "./text-pieces.ts";

/** Pixels of a line, about. */
const LINE_HEIGHT = 19;

type WholeTextProps = {
  readonly text: string;
  /** Somebody wrote it for people: see {@link LoggedText}. */
  readonly isLogged?: boolean;
};

/** A text of any length, in a box that scrolls; of a long one only what is near to sight is in the document. */
export function WholeText({ text, isLogged = false }: WholeTextProps) {
  const pieces = useMemo(() => cutText(text), [text]);
  if (pieces.length === 1) {
    return isLogged ? <LoggedText text={text} /> : visibleText(text);
  }
  return pieces.map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change their order
    <NearSight key={index} height={linesOf(piece) * LINE_HEIGHT} startsNear={index === 0}>
      {() => (isLogged ? <LoggedText text={piece} /> : visibleText(piece))}
    </NearSight>
  ));
}
