import type { Seq } from "@inspector/contract/page";
import { Button } from "../../shell/controls/Button.tsx";
import { useSessionStore } from "../../shell/data/session-context.ts";
import { nameOfExchange } from "../../shell/format/exchange.ts";
import styles from "./InvocationGrid.module.css";

type MarkNoteProps = {
  readonly marked: Seq;
  /** Undefined while no other call is selected. */
  readonly onCompare: (() => void) | undefined;
  readonly onClear: () => void;
};

/** Says above the list which call others are compared with. */
export function MarkNote({ marked, onCompare, onClear }: MarkNoteProps) {
  const { exchanges } = useSessionStore();
  const row = exchanges.get(marked);
  const name = row === undefined ? `#${marked}` : `${nameOfExchange(row)} #${marked}`;
  return (
    <div className={styles["order"]}>
      <span role="status">
        {name} is marked{onCompare === undefined && ": select another call to compare with it"}
      </span>
      {onCompare && <Button onClick={onCompare}>Compare with it</Button>}
      <Button onClick={onClear}>Unmark</Button>
    </div>
  );
}
