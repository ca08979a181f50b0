import type { RefObject } from "react";
import type { ListState } from "../../shell/data/filtered-list.ts";
import type { ViewOf } from "../../shell/data/session-client.ts";
import { useColumnLength, useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import { useWorkers } from "../../shell/data/workbench-queries.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatCount } from "../../shell/format/time.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import styles from "./FilterBar.module.css";
import { FilterField } from "./FilterField.tsx";
import { addTerm, hasTerm, removeTerm, termOf } from "./filter-terms.ts";
import { SavedFilters } from "./SavedFilters.tsx";

type FilterBarProps = { readonly inputRef: RefObject<HTMLInputElement | null>; readonly list: ViewOf };

/** The filter of the lists: as text, as the buttons that write it, and how much passes it. */
export function FilterBar({ inputRef, list }: FilterBarProps) {
  const { address, go, listRef } = useShell();
  const state = useSessionState().lists[list];
  return (
    <search className={styles["bar"]}>
      <FilterField
        inputRef={inputRef}
        filter={address.filter}
        error={state.error}
        onFilter={(filter) => go({ filter })}
        onLeave={() => listRef.current?.focus()}
      />
      <SavedFilters filter={address.filter} onFilter={(filter) => go({ filter })} />
      <Facets filter={address.filter} onFilter={(filter) => go({ filter })} />
      <Passing state={state} list={list} />
    </search>
  );
}

type FacetsProps = { readonly filter: string; readonly onFilter: (filter: string) => void };

/** Terms that are one click away. */
function Facets({ filter, onFilter }: FacetsProps) {
  const { data = [] } = useWorkers();
  const { runs } = useSessionState().interventions;
  // The window of time stays: the buttons are about what is in it. The counts are the session's.
  const window = termOf(filter, "at");
  const failures = data.reduce((sum, worker) => sum + worker.failures, 0);
  const serverErrors = data.reduce((sum, worker) => sum + worker.serverErrors, 0);
  const inFlight = data.reduce((sum, worker) => sum + worker.inFlight, 0);
  const lost = data.reduce((sum, worker) => sum + worker.lost, 0);
  const facets = [
    { title: "Failed", term: "status:failed", count: failures },
    // The worker's word for these is Success: what it answered over HTTP is another thing.
    ...(serverErrors > 0 || hasTerm(filter, "http:5xx")
      ? [{ title: "5xx", term: "http:5xx", count: serverErrors }]
      : []),
    // To the host they failed as well, though no worker said so.
    ...(lost > 0 ? [{ title: "Lost", term: "is:lost", count: lost }] : []),
    { title: "Slow", term: "dur:>1s", count: undefined },
    { title: "In flight", term: "is:inflight", count: inFlight },
    ...(runs.length > 0 ? [{ title: "Replayed", term: "is:replayed", count: undefined }] : []),
  ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a legend; this is a group of toggles.
    <div role="group" aria-label="Frequent filters" className={styles["facets"]}>
      <button
        type="button"
        aria-pressed={filter.trim() === (window ?? "")}
        title={window === undefined ? "Without a filter" : `All in the window, ${window}`}
        onClick={() => onFilter(window ?? "")}
      >
        All
      </button>
      {facets.map(({ title, term, count }) => {
        const isOn = hasTerm(filter, term);
        return (
          <button
            key={term}
            type="button"
            aria-pressed={isOn}
            title={term}
            onClick={() => onFilter(isOn ? removeTerm(filter, term) : addTerm(filter, term))}
          >
            {title}
            {window === undefined && count !== undefined && count > 0 && (
              <span className={styles["facetCount"]}> {formatCount(count)}</span>
            )}
          </button>
        );
      })}
    </div>
  );
}

/** How many rows pass. How many invocations there are in all is not known while a filter hides some. */
function Passing({ state, list }: { readonly state: ListState; readonly list: ViewOf }) {
  const store = useSessionStore();
  const length = useColumnLength(state.view.column);
  const isWhole = state.view.filter === "" || list === "invocations";
  return (
    <output className={styles["count"]} aria-busy={state.isFiltering}>
      {isWhole ? formatPlural(length, "row", "rows") : `${formatCount(length)} of ${formatCount(store.total)}`}
    </output>
  );
}
