import { Bookmark, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import styles from "./FilterBar.module.css";
import { loadFilters, storeFilters, withFilter } from "./saved-filters.ts";

type SavedFiltersProps = { readonly filter: string; readonly onFilter: (filter: string) => void };

/** Filters to come back to, kept in this browser. */
export function SavedFilters({ filter, onFilter }: SavedFiltersProps) {
  const [isOpen, setOpen] = useState(false);
  const [filters, setFilters] = useState(() => loadFilters(localStorage));
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const change = (next: readonly string[]) => {
    storeFilters(localStorage, next);
    setFilters(next);
  };
  useEffect(() => {
    if (!isOpen) {
      return;
    }
    const onPointerDown = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) {
        setOpen(false);
      }
    };
    window.addEventListener("pointerdown", onPointerDown);
    return () => window.removeEventListener("pointerdown", onPointerDown);
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isOpen) {
      return;
    }
    event.preventDefault();
    setOpen(false);
    button.current?.focus();
  };
  const text = filter.trim();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes what the button inside opened
    <div ref={root} className={styles["saved"]} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        className={styles["savedButton"]}
        aria-expanded={isOpen}
        aria-label="Saved filters"
        title="Saved filters"
        onClick={() => setOpen(!isOpen)}
      >
        <Bookmark size={14} aria-hidden />
      </button>
      {isOpen && (
        <div className={styles["menu"]}>
          {filters.length === 0 && <p>No filters are saved in this browser yet.</p>}
          <ul>
            {filters.map((saved) => (
              <li key={saved}>
                <button
                  type="button"
                  className={styles["option"]}
                  onClick={() => {
                    onFilter(saved);
                    setOpen(false);
                  }}
                >
                  {saved}
                </button>
                <Button
                  size="small"
                  look="plain"
                  shape="icon"
                  aria-label={`Forget ${saved}`}
                  onClick={() => change(filters.filter((other) => other !== saved))}
                >
                  <X size={12} aria-hidden />
                </Button>
              </li>
            ))}
          </ul>
          <Button
            size="small"
            disabled={text === "" || filters.includes(text)}
            onClick={() => change(withFilter(filters, text))}
          >
            Save the current filter
          </Button>
        </div>
      )}
    </div>
  );
}
