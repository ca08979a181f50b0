import styles from "./comparison.module.css";
import type { CapabilityChange } from "./comparison.ts";

/** What host and worker declared in one session and not, or differently, in the other. */
export function CapabilityChanges({ changes }: { readonly changes: readonly CapabilityChange[] }) {
  return (
    <section className={styles["capabilities"]}>
      <h2 id="capability-changes">Capabilities that differ</h2>
      {changes.length === 0 ? (
        <p className={styles["none"]}>None: host and worker declared the same in both.</p>
      ) : (
        <table className={styles["changes"]} aria-labelledby="capability-changes">
          <thead>
            <tr>
              <th scope="col">Capability</th>
              <th scope="col">Declared by</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
              <th scope="col">What it changes</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ name, side, before, after, effect }) => (
              <tr key={`${side} ${name}`}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>{side}</td>
                <td>
                  <Declared value={before} />
                </td>
                <td>
                  <Declared value={after} />
                </td>
                <td className={styles["effect"]}>{effect ?? "not known here"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Declared({ value }: { readonly value: string | undefined }) {
  if (value === undefined) {
    return <span className={styles["none"]}>not declared</span>;
  }
  return <code>{value === "" ? "empty" : value}</code>;
}
