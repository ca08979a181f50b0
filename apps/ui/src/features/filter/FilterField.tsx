import { Search, X } from "lucide-react";
import {
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useEffectEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Button, Key } from "../../shell/controls/Button.tsx";
import type { FilterError } from "../../shell/data/filtered-list.ts";
import { acceptOption } from "./completion-state.ts";
import styles from "./FilterBar.module.css";
import { markError } from "./filter-error.ts";
import { listFilterTokens } from "./filter-tokens.ts";
import { useCompletion } from "./useCompletion.ts";

/** Long enough that a word is typed in one go, short enough that the list seems to follow the keys. */
const TYPING_MS = 150;

/** As in "fn:", "kind:rpc_log," and "dur:>". */
const VALUE_IS_NEXT = /[:,=<>]$/u;

type FilterFieldProps = {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly filter: string;
  /** What may be written, for who has written nothing yet. */
  readonly example: string;
  readonly error: FilterError | undefined;
  readonly onFilter: (filter: string) => void;
  /** The person is done here: the list gets the focus. */
  readonly onLeave: () => void;
};

/** The filter as text, coloured, with its error underlined and what could be written next in a list below. */
export function FilterField({ inputRef, filter, example, error, onFilter, onLeave }: FilterFieldProps) {
  const completion = useCompletion();
  const id = useId();
  const caret = useRef<number | undefined>(undefined);
  const options = completion.completion?.options ?? [];
  const isOpen = options.length > 0;
  const { text, setText, handOn } = useTypedText(filter, onFilter, isOpen);
  const problem = error && error.filter === text.trim() ? error : undefined;

  useLayoutEffect(() => {
    if (caret.current === undefined) {
      return;
    }
    inputRef.current?.setSelectionRange(caret.current, caret.current);
    caret.current = undefined;
  });
  const accept = (label: string) => {
    if (!completion.completion) {
      return;
    }
    const next = acceptOption(text, completion.completion, label);
    caret.current = next.caret;
    setText(next.text);
    completion.offer(next.text, next.caret);
    inputRef.current?.focus();
  };
  const leave = () => {
    handOn(text);
    completion.close();
    onLeave();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const marked = options[completion.active]?.label;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (isOpen) {
        completion.move(event.key === "ArrowDown" ? 1 : -1);
      } else {
        completion.offer(text, event.currentTarget.selectionStart ?? text.length);
      }
    } else if (event.key === "Tab" && isOpen && !event.shiftKey) {
      accept(marked ?? options[0]?.label ?? "");
    } else if (event.key === "Enter" && marked !== undefined) {
      accept(marked);
    } else if (event.key === "Escape" && isOpen) {
      completion.close();
    } else if (event.key === "Enter" || event.key === "Escape") {
      leave();
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <div className={styles["field"]} data-invalid={problem !== undefined}>
      <Search size={14} aria-hidden />
      <div className={styles["text"]}>
        <FilterColors inputRef={inputRef} text={text} offset={problem?.offset} />
        <input
          ref={inputRef}
          role="combobox"
          aria-label="Filter"
          aria-autocomplete="list"
          aria-expanded={isOpen}
          aria-controls={`${id}-options`}
          aria-activedescendant={completion.active >= 0 ? `${id}-${completion.active}` : undefined}
          aria-invalid={problem !== undefined}
          aria-describedby={problem && `${id}-problem`}
          autoComplete="off"
          spellCheck={false}
          placeholder={example}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            completion.offer(event.target.value, event.target.selectionStart ?? event.target.value.length);
          }}
          onKeyDown={onKeyDown}
          onBlur={completion.close}
        />
      </div>
      {text === "" ? (
        <Key>/</Key>
      ) : (
        <Button size="small" look="plain" shape="icon" aria-label="Clear the filter" onClick={() => handOn("")}>
          <X size={13} aria-hidden />
        </Button>
      )}
      {problem && !isOpen && (
        <p id={`${id}-problem`} role="alert" className={styles["problem"]}>
          {problem.message}
        </p>
      )}
      {/* biome-ignore-start lint/a11y: the options of a combobox are marked by aria-activedescendant, the field has the keys */}
      <div
        id={`${id}-options`}
        role="listbox"
        aria-label="Completions"
        className={styles["options"]}
        hidden={!isOpen}
        onPointerDown={(event) => event.preventDefault()}
      >
        {options.map(({ label, detail }, index) => (
          <div
            key={label}
            id={`${id}-${index}`}
            ref={index === completion.active ? scrollIntoView : undefined}
            role="option"
            aria-selected={index === completion.active}
            onClick={() => accept(label)}
          >
            <b>{label}</b>
            <span>{detail}</span>
          </div>
        ))}
      </div>
      {/* biome-ignore-end lint/a11y: end of the options */}
    </div>
  );
}

function scrollIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}

/**
 * What is being typed, handed on when the typing pauses; a filter that changes elsewhere (the address) replaces it.
 * What was handed on comes back as the filter, maybe after the next key: that key stays.
 *
 * @param isOffered whether values are offered: a term that has none yet waits for one then
 */
function useTypedText(filter: string, onFilter: (filter: string) => void, isOffered: boolean) {
  const [text, setText] = useState(filter);
  const [lastFilter, setLastFilter] = useState(filter);
  const [handedOn, setHandedOn] = useState<string>();
  if (filter !== lastFilter) {
    setLastFilter(filter);
    setHandedOn(undefined);
    if (filter !== handedOn) {
      setText(filter);
    }
  }
  // All of it is one update, so that this field knows its own filter in the render that brings it.
  const handOn = (next: string) => {
    setText(next);
    setHandedOn(next);
    onFilter(next);
  };
  const onPause = useEffectEvent(() => handOn(text));
  const isUnfinished = isOffered && VALUE_IS_NEXT.test(text);
  useEffect(() => {
    if (text === filter || isUnfinished) {
      return;
    }
    const timer = setTimeout(onPause, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, filter, isUnfinished]);
  return { text, setText, handOn };
}

type FilterColorsProps = {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly offset: number | undefined;
};

/** Lies under the field, whose own letters are transparent: the same letters in colour, and a line under the wrong ones. */
function FilterColors({ inputRef, text, offset }: FilterColorsProps) {
  const [scrolled, setScrolled] = useState(0);
  useEffect(() => {
    const input = inputRef.current;
    const onScroll = () => setScrolled(input?.scrollLeft ?? 0);
    input?.addEventListener("scroll", onScroll);
    return () => input?.removeEventListener("scroll", onScroll);
  }, [inputRef]);
  const [before, wrong, after] = markError(text, offset ?? text.length);
  return (
    <div aria-hidden className={styles["colors"]}>
      <span style={{ marginLeft: -scrolled }}>
        <Colored text={offset === undefined ? text : before} />
        {offset !== undefined && (
          <>
            <mark>{wrong}</mark>
            <Colored text={after} />
          </>
        )}
      </span>
    </div>
  );
}

function Colored({ text }: { readonly text: string }) {
  return listFilterTokens(text).map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces have no identity but their place
    <span key={index} data-token={token.type}>
      {token.text}
    </span>
  ));
}
