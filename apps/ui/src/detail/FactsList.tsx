import { LongText } from "../json/LongText.tsx";
import styles from "./detail.module.css";
import type { TextPair } from "./reading.ts";

/** Names and their values, in two columns. */
export function FactsList({ facts }: { readonly facts: readonly TextPair[] }) {
  return (
    <dl className={styles["facts"]}>
      {facts.map(([name, value]) => (
        <FactView key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function FactView({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt title={name}>{name}</dt>
      <dd>{value === "" ? <span className={styles["quiet"]}>empty</span> : <LongText text={value} />}</dd>
    </>
  );
}
