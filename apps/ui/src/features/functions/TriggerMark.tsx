import { Bell, Clock, Database, File, Globe, Layers, type LucideIcon, Mail, Radio, Workflow, Zap } from "lucide-react";
import styles from "./functions.module.css";

/** By the trigger's word, as the session has it: the binding's type without "Trigger". */
const GLYPHS: readonly (readonly [pattern: RegExp, glyph: LucideIcon])[] = [
  [/^http/i, Globe],
  [/^timer/i, Clock],
  [/^queue/i, Layers],
  [/^blob/i, File],
  [/^serviceBus/i, Mail],
  [/^(eventHub|kafka|signalR)/i, Radio],
  [/^eventGrid/i, Bell],
  [/^(cosmos|sql|table|mysql|postgres|redis)/i, Database],
  [/^(orchestration|activity|entity|durable)/i, Workflow],
];

/** What sets a function off: a glyph for the eye and the word. */
export function TriggerMark({ trigger }: { readonly trigger: string | undefined }) {
  if (trigger === undefined) {
    return <span className={styles["quiet"]}>—</span>;
  }
  const Glyph = GLYPHS.find(([pattern]) => pattern.test(trigger))?.[1] ?? Zap;
  return (
    <span className={styles["trigger"]}>
      <Glyph size={13} aria-hidden />
      {trigger}
    </span>
  );
}
