import type { FacetList } from "@inspector/contract/page";
import { ListFilter } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { lazyPart } from "../../shell/panes/Part.tsx";
import styles from "./FilterBar.module.css";
import { usePointerElsewhere } from "./usePointerElsewhere.ts";

const FacetPanel = lazyPart("the counts", async () => (await import("./FacetPanel.tsx")).FacetPanel);

type FacetMenuProps = {
  readonly list: FacetList;
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
};

/** A button, and below it what occurs among the rows. It stays while values are chosen, until it is left. */
export function FacetMenu({ list, filter, onFilter }: FacetMenuProps) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  // When the page is there, so that the first click does not wait for it.
  useEffect(() => void FacetPanel.preload(), []);
  usePointerElsewhere(root, isOpen, () => setOpen(false));
  useEffect(() => {
    if (!isOpen) {
      return;
    }
    // Before the page's own keys: it closes this, and not what is open behind it.
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape") {
        event.preventDefault();
        setOpen(false);
        button.current?.focus();
      }
    };
    window.addEventListener("keydown", onKeyDown, { capture: true });
    return () => window.removeEventListener("keydown", onKeyDown, { capture: true });
  }, [isOpen]);
  return (
    <div ref={root} className={styles["saved"]} data-wide>
      <button
        ref={button}
        type="button"
        className={styles["savedButton"]}
        aria-expanded={isOpen}
        aria-label="Facets"
        title="Facets: what occurs among these rows, and how often"
        onClick={() => setOpen(!isOpen)}
      >
        <ListFilter size={14} aria-hidden />
      </button>
      {isOpen && (
        <section className={styles["menu"]} aria-label="Facets">
          <FacetPanel list={list} filter={filter} onFilter={onFilter} />
        </section>
      )}
    </div>
  );
}
