import { useState } from "react";
import { useSessionState } from "../../shell/data/session-context.ts";
import { useSessions } from "../../shell/data/workbench-queries.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { Failed, Loading, PaneState } from "../../shell/panes/PaneState.tsx";
import { ComparisonView } from "./ComparisonView.tsx";
import { SessionList } from "./SessionList.tsx";
import { comparisonKey, inOrder, readComparison, shownSession, withShown } from "./session-rows.ts";

/** The sessions that are kept, and two of them side by side. */
export function SessionsView() {
  const { address, go } = useShell();
  const { session } = useSessionState();
  const { data: kept, error, refetch } = useSessions();
  const data = kept && withShown(kept, shownSession(location.search, kept), session);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  if (data === undefined) {
    return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading what="sessions" />;
  }
  const compared = readComparison(address.item);
  if (compared) {
    return (
      <ComparisonView
        sessions={data}
        compared={compared}
        onChange={(next) => go({ item: comparisonKey(next) })}
        onClose={() => go({ item: undefined })}
      />
    );
  }
  if (data.length === 0) {
    return (
      <PaneState title="No session is kept">
        <p>Every recording becomes a session in the state folder, and is listed here.</p>
      </PaneState>
    );
  }
  const pair = inOrder(chosen, data);
  return (
    <SessionList
      sessions={data}
      chosen={chosen}
      onChoose={setChosen}
      onCompare={pair && (() => go({ item: comparisonKey({ names: pair }) }))}
    />
  );
}
