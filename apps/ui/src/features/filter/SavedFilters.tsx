import { Bookmark, X } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { keptInBrowser } from "../../shell/kept/kept.ts";
import styles from "./FilterBar.module.css";
import { loadFilters, storeFilters, withFilter } from "./saved-filters.ts";
import { usePointerElsewhere } from "./usePointerElsewhere.ts";

type SavedFiltersProps = { readonly filter: string; readonly onFilter: (filter: string) => void };

/** Filters to come back to, kept in this browser. */
export function SavedFilters({ filter, onFilter }: SavedFiltersProps) {
  const [isOpen, setOpen] = useState(false);
  const [filters, setFilters] = useState(() => loadFilters(keptInBrowser));
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const change = (next: readonly string[]) => {
    storeFilters(keptInBrowser, next);
    setFilters(next);
  };
  usePointerElsewhere(root, isOpen, () => setOpen(false));
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
