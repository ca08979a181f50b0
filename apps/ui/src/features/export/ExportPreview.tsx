import {
  type ExportFacts,
  type ExportState,
  type ExportWish,
  MAX_PLACES,
  type Replaced,
} from "@inspector/contract/export";
import { Button } from "../../shell/controls/Button.tsx";
import { formatBytes, formatPlural, formatSize } from "../../shell/format/size.ts";
import { formatCount } from "../../shell/format/time.ts";
import styles from "./export.module.css";
import { describePlace, groupReplaced, listLeaves, type ReplacedGroup, STEPS } from "./export-words.ts";

/** How far it is. */
export function Preparing({
  state,
  onCancel,
}: {
  readonly state: ExportState | undefined;
  readonly onCancel: () => void;
}) {
  const isPreparing = state?.phase === "preparing";
  const words = isPreparing ? STEPS[state.step] : "Asking the inspector";
  const part = isPreparing && state.step !== "write" ? state.part : undefined;
  return (
    <div className={styles["preparing"]}>
      <p role="status">
        {words} …{part !== undefined && part > 0 && ` ${Math.floor(part * 100)} %`}
      </p>
      <progress aria-label={words} {...(part !== undefined && { value: part })} />
      <p className={styles["quiet"]}>
        The file is prepared beside the recording, by a process of its own. Nothing leaves before you say so.
      </p>
      <Button onClick={onCancel}>Cancel</Button>
    </div>
  );
}

type PreviewProps = { readonly facts: ExportFacts; readonly name: string; readonly wish: ExportWish };

/** What leaves, and what was replaced: all of it counted in the file that is ready. */
export function Preview({ facts, name, wish }: PreviewProps) {
  const { replaced, units, unit, size } = facts;
  return (
    <div className={styles["facts"]}>
      <header className={styles["file"]}>
        <h3>{name}</h3>
        <p>
          <b title={formatBytes(size)}>{formatSize(size)}</b>, exactly · {formatCount(units)} {unit} ·{" "}
          {wish.policy === "none" ? (
            <span className={styles["bare"]}>not redacted</span>
          ) : (
            <span>redacted ({wish.policy})</span>
          )}
        </p>
      </header>
      {wish.policy === "none" && (
        <p className={styles["warning"]} role="alert">
          This file holds every secret that crossed: keys, tokens, bodies, the environment. Do not attach it to a bug
          report.
        </p>
      )}
      <LeavesTable facts={facts} wish={wish} />
      {replaced !== undefined && <ReplacedList replaced={replaced} facts={facts} />}
    </div>
  );
}

function LeavesTable({ facts, wish }: Omit<PreviewProps, "name">) {
  const title = wish.format === "inspector" || wish.format === "ndjson" ? "What leaves" : "What it is written from";
  return (
    <table className={styles["leaves"]}>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">Kind</th>
          <th scope="col" data-number>
            Leaves
          </th>
          <th scope="col" data-number>
            Of
          </th>
          <th scope="col">What becomes of it</th>
        </tr>
      </thead>
      <tbody>
        {listLeaves(facts.leaves, facts.of, wish).map(({ name, leaves, of, becomes }) => (
          <tr key={name} data-none={leaves === 0}>
            <th scope="row">{name}</th>
            <td data-number>{formatCount(leaves)}</td>
            <td data-number>{formatCount(of)}</td>
            <td>{leaves === 0 ? "Nothing of it leaves." : becomes}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ReplacedList({ replaced, facts }: { readonly replaced: readonly Replaced[]; readonly facts: ExportFacts }) {
  const places = replaced.reduce((sum, { count }) => sum + count, 0);
  const { secrets, beyond } = facts;
  return (
    <section className={styles["replaced"]} aria-label="What was replaced">
      <h4>
        {places === 0
          ? "Nothing had to be replaced"
          : `${formatPlural(secrets, "value was", "different values were")} replaced in ${formatPlural(places, "place", "places")}`}
      </h4>
      {beyond > 0 && (
        <p className={styles["warning"]}>
          {formatPlural(beyond, "value was", "values were")} too many to be looked for everywhere; they are replaced
          where they stand.
        </p>
      )}
      {groupReplaced(replaced).map((group) => (
        <Group key={group.why} group={group} />
      ))}
    </section>
  );
}

function Group({ group }: { readonly group: ReplacedGroup }) {
  return (
    <section aria-label={group.title}>
      <h5>
        {group.title} <span>{formatCount(group.count)}</span>
      </h5>
      {group.replaced.map((one) => (
        <details key={one.what}>
          <summary>
            <span className={styles["count"]}>{formatCount(one.count)}</span>
            <code>{one.what}</code>
            {one.fieldClass !== undefined && <span className={styles["class"]}>{one.fieldClass}</span>}
          </summary>
          <Places of={one} />
        </details>
      ))}
    </section>
  );
}

/** Each opens beside the dialog, in a tab of its own. */
function Places({ of: { places } }: { readonly of: Replaced }) {
  return (
    <ul className={styles["places"]}>
      {places.map((place) => {
        const { text, href } = describePlace(place, location.search);
        return (
          <li key={text}>
            {href === undefined ? (
              text
            ) : (
              <a href={href} target="_blank" rel="noopener noreferrer">
                {text}
              </a>
            )}
          </li>
        );
      })}
      {places.length === MAX_PLACES && <li className={styles["quiet"]}>the first {MAX_PLACES} places</li>}
    </ul>
  );
}
