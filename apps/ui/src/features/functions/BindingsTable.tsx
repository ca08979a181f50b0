import type { BindingInfo } from "@inspector/contract/page";
import { bindingFacts, isTrigger } from "./function-rows.ts";
import styles from "./functions.module.css";
import { TableBlock } from "./TableBlock.tsx";

/** What each binding repeats of itself in its properties. */
const OWN_COLUMNS = new Set(["name", "type", "direction"]);

/** What a function is bound to, the trigger first. */
export function BindingsTable({ bindings }: { readonly bindings: readonly BindingInfo[] }) {
  if (bindings.length === 0) {
    return null;
  }
  const sorted = bindings.toSorted((a, b) => Number(isTrigger(b.type)) - Number(isTrigger(a.type)));
  return (
    <TableBlock title="Bindings" count={bindings.length}>
      <thead>
        <tr>
          <th scope="col">Name, type, direction</th>
          <th scope="col">Properties</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((binding) => (
          <tr key={binding.name}>
            <th scope="row" className={styles["binding"]}>
              {binding.name}
              <span>
                {binding.type} {binding.direction}
              </span>
            </th>
            <td>
              <Properties binding={binding} />
            </td>
          </tr>
        ))}
      </tbody>
    </TableBlock>
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
