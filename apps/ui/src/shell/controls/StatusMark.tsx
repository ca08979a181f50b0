import { Check, Circle, CircleDashed, Dot, Hand, TriangleAlert, X } from "lucide-react";
import type { RowStatus, Tone } from "../format/message.ts";
import styles from "./controls.module.css";

const GLYPHS = {
  good: Check,
  bad: X,
  warn: TriangleAlert,
  info: Circle,
  busy: CircleDashed,
  mute: Dot,
  held: Hand,
} satisfies Record<Tone, unknown>;
const SIZES: Readonly<Record<Tone, number>> = { good: 13, bad: 13, warn: 12, info: 7, busy: 12, mute: 13, held: 12 };

/** A status by colour, glyph and word, so that none of the three has to be seen. */
export function StatusMark({ tone, label }: RowStatus) {
  const Glyph = GLYPHS[tone];
  return (
    <span className={`${styles["mark"]} ${styles[tone]}`}>
      <Glyph size={SIZES[tone]} strokeWidth={2.5} aria-hidden />
      <span>{label}</span>
    </span>
  );
}
