import type { ViewOf } from "@inspector/contract/page";
import type { ReactNode, RefObject } from "react";
import type { ListState } from "../../shell/data/filtered-list.ts";
import { useColumnLength, useSessionPart, useSessionStore } from "../../shell/data/session-context.ts";
import { useWorkers } from "../../shell/data/workbench-queries.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatCount } from "../../shell/format/time.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { FacetMenu } from "./FacetMenu.tsx";
import styles from "./FilterBar.module.css";
import { FilterField } from "./FilterField.tsx";
import { addTerm, hasTerm, removeTerm, replaceTerm, termOf } from "./filter-terms.ts";
import { SavedFilters } from "./SavedFilters.tsx";

/** Lists that the filter is above; lines are part of the logs. */
export type FilteredView = Exclude<ViewOf, "lines">;

/** In the words of what each list has. */
const EXAMPLES: Readonly<Record<FilteredView, string>> = {
  invocations: 'fn:hello status:failed dur:>1s "text" -level:debug OR ( )',
  messages: 'fn:hello kind:invocation* size:>1mb "text" -level:debug OR ( )',
  logs: 'fn:hello level:>=warning category:stderr "text" -is:system OR ( )',
};

type FilterBarProps = { readonly inputRef: RefObject<HTMLInputElement | null>; readonly list: FilteredView };

/** The filter of the lists: as text, as the buttons that write it, and how much passes it. */
export function FilterBar({ inputRef, list }: FilterBarProps) {
  const { address, go, listRef } = useShell();
  const state = useSessionPart(({ lists }) => lists[list]);
  return (
    <search className={styles["bar"]}>
      <FilterField
        inputRef={inputRef}
        filter={address.filter}
        example={EXAMPLES[list]}
        error={state.error}
        onFilter={(filter) => go({ filter })}
        onLeave={() => listRef.current?.focus()}
      />
      <SavedFilters filter={address.filter} onFilter={(filter) => go({ filter })} />
      {list === "logs" ? (
        <LogChips filter={address.filter} onFilter={(filter) => go({ filter })} />
      ) : (
        <>
          <FacetMenu list={list} filter={address.filter} onFilter={(filter) => go({ filter })} />
          <Chips filter={address.filter} onFilter={(filter) => go({ filter })} />
        </>
      )}
      {list === "logs" ? <PassingLines /> : <Passing state={state} list={list} />}
    </search>
  );
}

type ChipsProps = { readonly filter: string; readonly onFilter: (filter: string) => void };

/** Buttons that write terms, behind the one that takes all away but the window of time. */
function ChipGroup({ filter, onFilter, children }: ChipsProps & { readonly children: ReactNode }) {
  const window = termOf(filter, "at");
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
      {children}
    </div>
  );
}

/** Terms that are one click away. */
function Chips({ filter, onFilter }: ChipsProps) {
  const { data = [] } = useWorkers();
  const runs = useSessionPart(({ interventions }) => interventions.runs);
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
    <ChipGroup filter={filter} onFilter={onFilter}>
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
    </ChipGroup>
  );
}

/** Least levels, as the filter says them, and what is one click away besides. */
const LOG_LEVELS = [
  { title: "Info", term: "level:>=info" },
  { title: "Warnings", term: "level:>=warning" },
  { title: "Errors", term: "level:>=error" },
] as const;
const WITHOUT_SYSTEM = "-is:system";

/** The terms of the log: one least level at a time, and whether the worker's own lines are there. */
function LogChips({ filter, onFilter }: ChipsProps) {
  const level = termOf(filter, "level");
  const isWithout = hasTerm(filter, WITHOUT_SYSTEM);
  return (
    <ChipGroup filter={filter} onFilter={onFilter}>
      {LOG_LEVELS.map(({ title, term }) => (
        <button
          key={term}
          type="button"
          aria-pressed={level === term}
          title={`${term}: what has no level, as output of processes, is left out`}
          onClick={() => onFilter(replaceTerm(filter, "level", level === term ? undefined : term))}
        >
          {title}
        </button>
      ))}
      <button
        type="button"
        aria-pressed={isWithout}
        title={`${WITHOUT_SYSTEM}: without what the worker itself logs, of category System`}
        onClick={() => onFilter(isWithout ? removeTerm(filter, WITHOUT_SYSTEM) : addTerm(filter, WITHOUT_SYSTEM))}
      >
        Without the worker's own
      </button>
    </ChipGroup>
  );
}

/** Logs and lines that pass. */
function PassingLines() {
  const logs = useSessionPart(({ lists }) => lists.logs);
  const lines = useSessionPart(({ lists }) => lists.lines);
  const length = useColumnLength(logs.view.column) + useColumnLength(lines.view.column);
  return (
    <output className={styles["count"]} aria-busy={logs.isFiltering || lines.isFiltering}>
      {formatPlural(length, "line", "lines")}
    </output>
  );
}

/** How many rows pass. How many invocations there are in all is not known while a filter hides some. */
function Passing({ state, list }: { readonly state: ListState; readonly list: FilteredView }) {
  const store = useSessionStore();
  const total = useSessionPart(() => store.total);
  const length = useColumnLength(state.view.column);
  const isWhole = state.view.filter === "" || list === "invocations";
  return (
    <output className={styles["count"]} aria-busy={state.isFiltering}>
      {isWhole ? formatPlural(length, "row", "rows") : `${formatCount(length)} of ${formatCount(total)}`}
    </output>
  );
}
