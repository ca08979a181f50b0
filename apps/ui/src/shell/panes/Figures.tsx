import type { ReactNode } from "react";
import styles from "./Figures.module.css";

export type Figure = {
  readonly name: string;
  readonly value: ReactNode;
  /** Beside the value, smaller. */
  readonly note?: string | undefined;
  readonly isBad?: boolean;
};

/** A row of numbers that sum something up. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl className={styles["figures"]}>
      {figures.map(({ name, value, note, isBad = false }) => (
        <div key={name} data-bad={isBad}>
          <dt>{name}</dt>
          <dd>
            {value} {note !== undefined && <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
