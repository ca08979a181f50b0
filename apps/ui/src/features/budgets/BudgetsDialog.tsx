import { Dialog, DialogTitle } from "../../shell/controls/Dialog.tsx";
import { useLiveStore } from "../../shell/data/live-store.ts";
import { useSessionState } from "../../shell/data/session-context.ts";
import { useStoreState } from "../../shell/data/useStoreState.ts";
import { usePageCounts, useReplayRoom } from "../../shell/data/workbench-queries.ts";
import styles from "./budgets.module.css";
import { type Budget, isFull, listBudgets } from "./budgets.ts";

/** What the inspector may use, how much of that it uses now, and what happens at each limit. */
export function BudgetsDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} closesBeside className={styles["dialog"]}>
      {(titleId) => (
        <>
          <DialogTitle id={titleId} title="Budgets" onClose={onClose} />
          <BudgetTable titleId={titleId} />
        </>
      )}
    </Dialog>
  );
}

function BudgetTable({ titleId }: { readonly titleId: string }) {
  const { session } = useSessionState();
  const live = useLiveStore();
  const { interventions } = useStoreState(live);
  const { data: replays } = useReplayRoom(live);
  const { data: pages } = usePageCounts();
  if (session === undefined) {
    return <p className={styles["none"]}>The hub has not answered yet.</p>;
  }
  return (
    <table className={styles["budgets"]} aria-labelledby={titleId}>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col" data-number>
            Used
          </th>
          <th scope="col" data-number>
            Limit
          </th>
          <th scope="col">At the limit</th>
        </tr>
      </thead>
      <tbody>
        {listBudgets({ session, pages, room: interventions.holds.room, replays }).map((budget) => (
          <BudgetRow key={budget.id} budget={budget} />
        ))}
      </tbody>
    </table>
  );
}

function BudgetRow({ budget }: { readonly budget: Budget }) {
  const { name, used, limit, part, consequence } = budget;
  return (
    <tr data-full={isFull(budget)}>
      <th scope="row">
        {name}
        {part !== undefined && (
          <span className={styles["bar"]} aria-hidden>
            <span style={{ width: `${part * 100}%` }} />
          </span>
        )}
      </th>
      <td data-number>{used}</td>
      <td data-number={limit === undefined ? "unlimited" : "limited"}>{limit ?? "no limit"}</td>
      <td>{consequence}</td>
    </tr>
  );
}
