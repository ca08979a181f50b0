import type { BindingInfo } from "@inspector/contract/page";
import detailStyles from "../detail/detail.module.css";
import { bindingFacts, isTrigger } from "./function-rows.ts";
import styles from "./functions.module.css";

/** What each binding repeats of itself in its properties. */
const OWN_COLUMNS = new Set(["name", "type", "direction"]);

/** What a function is bound to, the trigger first. */
export function BindingsTable({ bindings }: { readonly bindings: readonly BindingInfo[] }) {
  if (bindings.length === 0) {
    return null;
  }
  const sorted = bindings.toSorted((a, b) => Number(isTrigger(b.type)) - Number(isTrigger(a.type)));
  return (
    <div className={detailStyles["block"]}>
      <h3 id="bindings">
        Bindings <span className={detailStyles["count"]}>{bindings.length}</span>
      </h3>
      <table className={styles["table"]} aria-labelledby="bindings">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col">Direction</th>
            <th scope="col">Properties</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((binding) => (
            <tr key={binding.name}>
              <th scope="row">{binding.name}</th>
              <td>{binding.type}</td>
              <td>{binding.direction}</td>
              <td className={styles["properties"]}>
                <Properties binding={binding} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Properties({ binding }: { readonly binding: BindingInfo }) {
  const facts = bindingFacts(binding).filter(([name]) => !OWN_COLUMNS.has(name));
  if (facts.length === 0) {
    return <span className={styles["quiet"]}>none</span>;
  }
  return facts.map(([name, value]) => (
    <div key={name} className={styles["property"]}>
      <span>{name}</span> <code>{value}</code>
    </div>
  ));
}
