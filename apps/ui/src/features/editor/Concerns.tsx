import type { ReplayConcern } from "@inspector/contract/intervention";
import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import styles from "./Concerns.module.css";

const GLYPHS = { error: CircleAlert, warning: TriangleAlert, info: Info };
const WORDS = { error: "Keeps it from being sent", warning: "Warning", info: "Note" };
const ORDER = { error: 0, warning: 1, info: 2 };

/** What to know before sending, the worst first. */
export function Concerns({ concerns }: { readonly concerns: readonly ReplayConcern[] }) {
  const sorted = concerns.toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity]);
  return (
    <ul className={styles["concerns"]} aria-label="What to know before sending">
      {sorted.map(({ severity, rule, message, path }) => {
        const Glyph = GLYPHS[severity];
        return (
          <li key={`${rule} ${path} ${message}`} data-severity={severity}>
            <Glyph size={13} aria-label={WORDS[severity]} role="img" />
            <span>
              {message} {path !== undefined && <code>{path}</code>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
