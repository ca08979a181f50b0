import { useLiveStore } from "../../shell/data/live-store.ts";
import { useStorePart } from "../../shell/data/useStoreState.ts";
import { formatCount } from "../../shell/format/time.ts";

/** How many messages wait, for the navigation. */
export function HoldCount() {
  const { held } = useStorePart(useLiveStore(), ({ interventions }) => interventions.holds);
  return held.length === 0 ? null : formatCount(held.length);
}
