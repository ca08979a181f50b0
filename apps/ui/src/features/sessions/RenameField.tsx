import type { SessionSummary } from "@inspector/contract/page";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { checkName } from "./session-rows.ts";
import styles from "./sessions.module.css";

type RenameFieldProps = {
  readonly name: string;
  readonly sessions: readonly SessionSummary[];
  /** Called without a name when it stays as it was. */
  readonly onDone: (name: string | undefined) => void;
};

/** A session's name in its place: Enter keeps what was typed, Escape and leaving do not. */
export function RenameField({ name, sessions, onDone }: RenameFieldProps) {
  const [text, setText] = useState(name);
  const field = useRef<HTMLInputElement>(null);
  const reasonId = useId();
  const check = checkName(text, name, sessions);
  useEffect(() => field.current?.select(), []);
  const finish = (to: string | undefined) => {
    const grid = field.current?.closest<HTMLElement>("[role=grid]");
    onDone(to);
    grid?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      finish(undefined);
    } else if (event.key === "Enter" && check.ok) {
      finish(check.name);
    }
  };
  return (
    <span className={styles["rename"]}>
      <input
        ref={field}
        value={text}
        aria-label={`New name of ${name}`}
        aria-invalid={!check.ok}
        aria-describedby={check.ok ? undefined : reasonId}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => onDone(undefined)}
        onClick={(event) => event.stopPropagation()}
        onDoubleClick={(event) => event.stopPropagation()}
      />
      {!check.ok && <em id={reasonId}>{check.reason}</em>}
    </span>
  );
}
