import type { Facet, FacetCounts, FacetList, FacetValue } from "@inspector/contract/page";
import { visibleLine } from "@inspector/contract/visible-text";
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { RequestError } from "../../shell/data/session-client.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatCount } from "../../shell/format/time.ts";
import { FACET_TITLES } from "./facet-sums.ts";
import styles from "./facets.module.css";
import { hasTerm, narrow, removeTerm } from "./filter-terms.ts";
import { isWhole, useFacets } from "./useFacets.ts";

/** Values of a facet that are shown before somebody asks for more, and with "more". */
const FEW = 8;
const MANY = 100;

type FacetPanelProps = {
  readonly list: FacetList;
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
};

/** How often what occurs among the rows that pass; a click leaves only those with a value, or all others. */
export function FacetPanel({ list, filter, onFilter }: FacetPanelProps) {
  const { counts, error } = useFacets(list, filter.trim());
  const root = useRef<HTMLDivElement>(null);
  // A value that is left out goes, and with it the button that had the focus.
  useEffect(() => {
    if (document.activeElement === document.body) {
      root.current?.focus();
    }
  });
  return (
    <div ref={root} tabIndex={-1} className={styles["panel"]}>
      <p aria-live="polite" className={styles["of"]} aria-busy={counts === undefined && !error}>
        {error ? reasonOf(error) : counts === undefined ? "Counting …" : extentOf(counts)}
      </p>
      <div className={styles["groups"]}>
        {counts?.facets.map((facet) => (
          <Group key={facet.key} facet={facet} rows={counts.rows} filter={filter} onFilter={onFilter} />
        ))}
      </div>
      {counts?.rows === 0 && isWhole(counts) && <p className={styles["of"]}>Nothing passes the filter.</p>}
    </div>
  );
}

function reasonOf(error: Error): string {
  return error instanceof RequestError ? `They cannot be counted: ${error.message}` : "The inspector does not answer.";
}

/** Of how much the counts are: of a part, as long as not all is counted. */
function extentOf(counts: FacetCounts): string {
  const rows = formatPlural(counts.rows, "row", "rows");
  return isWhole(counts)
    ? `Of ${rows}`
    : `Of ${rows} among the first ${formatCount(counts.through)} of ${formatCount(counts.last)} messages, counting on …`;
}

type GroupProps = {
  readonly facet: Facet;
  readonly rows: number;
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
};

function Group({ facet: { key, values, isCut }, rows, filter, onFilter }: GroupProps) {
  const [isLong, setLong] = useState(false);
  const id = useId();
  const shown = values.slice(0, isLong ? MANY : FEW);
  const hidden = values.length - shown.length;
  return (
    <section className={styles["group"]} aria-labelledby={id}>
      <h2 id={id}>{FACET_TITLES[key]}</h2>
      <ul>
        {shown.map((value) => (
          <Value key={value.term} value={value} rows={rows} filter={filter} onFilter={onFilter} />
        ))}
      </ul>
      {hidden > 0 &&
        (isLong ? (
          <p className={styles["more"]}>
            and {formatCount(hidden)}
            {isCut ? " or more" : ""} that are less frequent
          </p>
        ) : (
          <Button size="small" look="plain" onClick={() => setLong(true)}>
            {formatCount(hidden)} more
          </Button>
        ))}
    </section>
  );
}

type ValueProps = Omit<GroupProps, "facet"> & { readonly value: FacetValue };

function Value({ value: { label, term, count }, rows, filter, onFilter }: ValueProps) {
  const isOn = hasTerm(filter, term);
  const shown = visibleLine(label);
  const toggle = (isOpposite: boolean) =>
    onFilter(isOn && !isOpposite ? removeTerm(filter, term) : narrow(filter, term, isOpposite ? "not" : "only"));
  return (
    <li style={{ backgroundSize: `${rows === 0 ? 0 : (100 * count) / rows}% 100%` }}>
      <button
        type="button"
        className={styles["only"]}
        aria-pressed={isOn}
        title={`${term}, or with Alt -${term}`}
        onClick={({ altKey }) => toggle(altKey)}
      >
        <span>{shown}</span>
        <b>{formatCount(count)}</b>
      </button>
      <button
        type="button"
        className={styles["not"]}
        aria-label={`Not ${shown}`}
        title={`-${term}`}
        onClick={() => toggle(true)}
      >
        not
      </button>
    </li>
  );
}
