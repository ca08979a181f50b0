import { Search, X } from "lucide-react";
import { type RefObject, useEffect, useId, useRef, useState } from "react";
import { Button, Key } from "../controls/Button.tsx";
import type { FilterError } from "../data/session-store.ts";
import { formatCount } from "../format/time.ts";
import styles from "./FilterField.module.css";
import { markError } from "./filter-error.ts";

/** Long enough that a word is typed in one go, short enough that the list seems to follow the keys. */
const TYPING_MS = 150;

/** Filters that are one click away. */
const FACETS = [
  ["All", ""],
  ["Invocations", "kind:invocation*"],
  ["Logs", "kind:rpc_log"],
  ["Failures", "is:error"],
] as const;

type FilterFieldProps = {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly filter: string;
  readonly error: FilterError | undefined;
  readonly isFiltering: boolean;
  readonly shown: number;
  readonly total: number;
  readonly onFilter: (filter: string) => void;
  /** The person is done here: the list gets the focus. */
  readonly onLeave: () => void;
};

/** The filter as text, with its error underlined, and the few that are used most as buttons. */
export function FilterField(props: FilterFieldProps) {
  const { inputRef, filter, error, isFiltering, shown, total, onFilter, onLeave } = props;
  const [text, setText] = useTypedText(filter, onFilter);
  const problemId = useId();
  const problem = error && error.filter === text ? error : undefined;
  const commit = (next: string) => {
    setText(next);
    onFilter(next);
  };
  return (
    <search className={styles["bar"]}>
      <div className={styles["field"]} data-invalid={problem !== undefined}>
        <Search size={14} aria-hidden />
        <div className={styles["text"]}>
          <input
            ref={inputRef}
            aria-label="Filter"
            aria-invalid={problem !== undefined}
            aria-describedby={problem && problemId}
            autoComplete="off"
            spellCheck={false}
            placeholder='kind:invocation* fn:hello status:failure "text" -level:debug OR ( )'
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") onFilter(text);
              if (event.key === "Enter" || event.key === "Escape") onLeave();
            }}
          />
          {problem && <ErrorMark inputRef={inputRef} text={text} offset={problem.offset} />}
        </div>
        {text === "" ? (
          <Key>/</Key>
        ) : (
          <Button size="small" look="plain" shape="icon" aria-label="Clear the filter" onClick={() => commit("")}>
            <X size={13} aria-hidden />
          </Button>
        )}
      </div>
      {problem && (
        <p id={problemId} role="alert" className={styles["problem"]}>
          {problem.message}
        </p>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a legend; this is a group of toggles. */}
      <div role="group" aria-label="Frequent filters" className={styles["facets"]}>
        {FACETS.map(([name, value]) => (
          <button key={name} type="button" aria-pressed={text.trim() === value} onClick={() => commit(value)}>
            {name}
          </button>
        ))}
      </div>
      <output className={styles["count"]} aria-busy={isFiltering}>
        {filter === "" ? `${formatCount(total)} rows` : `${formatCount(shown)} of ${formatCount(total)}`}
      </output>
    </search>
  );
}

/** What is being typed, handed on when the typing pauses; a filter that changes elsewhere (the address) replaces it. */
function useTypedText(filter: string, onFilter: (filter: string) => void) {
  const [text, setText] = useState(filter);
  const [lastFilter, setLastFilter] = useState(filter);
  const latest = useRef(onFilter);
  latest.current = onFilter;
  if (filter !== lastFilter) {
    setLastFilter(filter);
    setText(filter);
  }
  useEffect(() => {
    if (text === filter) return;
    const timer = setTimeout(() => latest.current(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, filter]);
  return [text, setText] as const;
}

type ErrorMarkProps = {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly offset: number;
};

/** Lies over the field with the same letters, invisible but for the line under those that are wrong. */
function ErrorMark({ inputRef, text, offset }: ErrorMarkProps) {
  const [before, wrong, after] = markError(text, offset);
  const scrolled = inputRef.current?.scrollLeft ?? 0;
  return (
    <div aria-hidden className={styles["underline"]}>
      <span style={{ marginLeft: -scrolled }}>
        {before}
        <mark>{wrong}</mark>
        {after}
      </span>
    </div>
  );
}
