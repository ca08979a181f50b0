import type { CapabilityInfo, WorkerInfo } from "@inspector/contract/page";
import { Check, Minus } from "lucide-react";
import own from "./capabilities.module.css";
import styles from "./workers.module.css";

/** What both sides declared when they greeted, and what each of it changes on the wire. */
export function CapabilitiesTable({ worker }: { readonly worker: WorkerInfo }) {
  const { workerCapabilities, hostCapabilities, undeclared } = worker;
  const isKnown = workerCapabilities.length + hostCapabilities.length + undeclared.length > 0;
  return (
    <section className={styles["section"]}>
      <h3 id="capabilities">Capabilities</h3>
      {isKnown ? (
        <table className={own["capabilities"]} aria-labelledby="capabilities">
          <Group
            title="The worker declares"
            capabilities={workerCapabilities}
            empty={undeclared.length === 0 ? "nothing yet: WorkerInit has no answer" : "nothing"}
          />
          <Group title="The host declares" capabilities={hostCapabilities} empty="nothing" />
          <Group title="Not declared by the worker" capabilities={undeclared} isMissing />
        </table>
      ) : (
        <p className={styles["quiet"]}>
          Host and worker have not initialized each other, so no capability was declared.
        </p>
      )}
    </section>
  );
}

type GroupProps = {
  readonly title: string;
  readonly capabilities: readonly CapabilityInfo[];
  readonly empty?: string;
  readonly isMissing?: boolean;
};

function Group({ title, capabilities, empty, isMissing = false }: GroupProps) {
  if (capabilities.length === 0 && empty === undefined) {
    return null;
  }
  const Glyph = isMissing ? Minus : Check;
  return (
    <tbody data-missing={isMissing}>
      <tr className={own["grouphead"]}>
        <th scope="rowgroup" colSpan={2}>
          {title} <span>{capabilities.length === 0 ? empty : capabilities.length}</span>
        </th>
      </tr>
      {capabilities.map(({ name, value, effect }) => (
        <tr key={name} className={own["capability"]}>
          <th scope="row">
            <Glyph size={12} strokeWidth={2.5} aria-hidden />
            <code>{name}</code>
          </th>
          <td>
            {!isPlainYes(value) && !isMissing && <code>{value === "" ? "empty" : value}</code>}{" "}
            {effect ?? "not known here"}
          </td>
        </tr>
      ))}
    </tbody>
  );
}

/** Nearly all capabilities are "true" or "True": only other values say something. */
function isPlainYes(value: string): boolean {
  return value.toLowerCase() === "true";
}
