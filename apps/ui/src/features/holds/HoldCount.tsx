import { useLiveStore } from "../../shell/data/live-store.ts";
import { useStoreState } from "../../shell/data/useStoreState.ts";
import { formatCount } from "../../shell/format/time.ts";

/** How many messages wait, for the navigation. */
export function HoldCount() {
  const { held } = useStoreState(useLiveStore()).interventions.holds;
  return held.length === 0 ? null : formatCount(held.length);
}
