import { CopyButton } from "../../shell/controls/CopyButton.tsx";
import { LongText } from "../../shell/json/LongText.tsx";
import styles from "./detail.module.css";
import type { TextPair } from "./reading.ts";

type FactsListProps = {
  readonly facts: readonly TextPair[];
  /** Each value can be copied. */
  readonly hasCopy?: boolean;
};

/** Names and their values, in two columns. */
export function FactsList({ facts, hasCopy = false }: FactsListProps) {
  return (
    <dl className={styles["facts"]}>
      {facts.map((fact) => (
        <FactView key={fact[0]} fact={fact} hasCopy={hasCopy} />
      ))}
    </dl>
  );
}

function FactView({ fact: [name, value], hasCopy }: { readonly fact: TextPair; readonly hasCopy: boolean }) {
  return (
    <>
      <dt title={name}>{name}</dt>
      <dd>
        {value === "" ? <span className={styles["quiet"]}>empty</span> : <LongText text={value} />}
        {hasCopy && <CopyButton label={`Copy the ${name.toLowerCase()}`} text={value} isIcon />}
      </dd>
    </>
  );
}
