import type { WorkerInfo } from "@inspector/contract/page";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { useAway } from "../../shell/page/useAway.ts";
import { pastState, workerState } from "../../shell/page/worker-state.ts";

/** How a worker stands, or stood when the inspector was last seen. */
export function WorkerState({ worker }: { readonly worker: WorkerInfo }) {
  const state = workerState(worker);
  return <StatusMark {...(useAway() === undefined ? state : pastState(state))} />;
}
