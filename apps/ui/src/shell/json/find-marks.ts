import { createContext } from "react";
import type { JsonPath } from "./json-lines.ts";

/** What is looked for in what is shown: hits are marked, and the current one is on show. */
export type FindMarks = {
  readonly text: string;
  readonly current:
    | { readonly line: JsonPath; readonly of: "key" | "value" | "bytes"; readonly at: number }
    | undefined;
};

export const FindContext = createContext<FindMarks | undefined>(undefined);

/** A text in pieces, those that are hits marked. `at` is where the piece begins. */
type TextPiece = { readonly text: string; readonly at: number; readonly isHit: boolean };

/** Cuts a text where what is looked for stands in it, without regard to case. */
export function cutAtHits(text: string, wanted: string): TextPiece[] {
  const folded = text.toLowerCase();
  const needle = wanted.toLowerCase();
  if (needle === "" || folded.length !== text.length) {
    return [{ text, at: 0, isHit: false }];
  }
  const pieces: TextPiece[] = [];
  let done = 0;
  for (let at = folded.indexOf(needle); at >= 0; at = folded.indexOf(needle, done)) {
    if (at > done) {
      pieces.push({ text: text.slice(done, at), at: done, isHit: false });
    }
    done = at + needle.length;
    pieces.push({ text: text.slice(at, done), at, isHit: true });
  }
  return done < text.length || pieces.length === 0
    ? [...pieces, { text: text.slice(done), at: done, isHit: false }]
    : pieces;
}
