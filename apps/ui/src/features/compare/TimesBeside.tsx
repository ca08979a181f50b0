import type { TimingPhase } from "../timing/invocation-phases.ts";
import { PhaseLines } from "../timing/PhaseLines.tsx";
import styles from "./compare.module.css";
import type { SideNames } from "./Differences.tsx";

type Phases = readonly TimingPhase[];

type TimesBesideProps = { readonly before: Phases; readonly after: Phases; readonly names: SideNames };

/** Where the time of two calls went, on one scale. */
export function TimesBeside({ before, after, names }: TimesBesideProps) {
  const scale = Math.max(lengthOf(before), lengthOf(after));
  return (
    <div className={styles["times"]}>
      {[before, after].map((phases, index) => (
        <section key={names[index]} aria-label={`Time of ${names[index]}`}>
          <h4>{names[index]}</h4>
          {phases.length === 0 ? (
            <p className={styles["quiet"]}>The recording has only one of its messages.</p>
          ) : (
            <PhaseLines phases={phases} scale={scale} />
          )}
        </section>
      ))}
    </div>
  );
}

function lengthOf(phases: Phases): number {
  return (phases.at(-1)?.to ?? 0) - (phases[0]?.from ?? 0);
}
