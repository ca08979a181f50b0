import type { InvocationDetail, NeighbouringCalls, Seq } from "@inspector/contract/page";
import { useEffect, useMemo } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { useSessionStore } from "../../shell/data/session-context.ts";
import { nameOfExchange } from "../../shell/format/exchange.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { Failed, Loading } from "../../shell/panes/PaneState.tsx";
import { CallComparison } from "./CallComparison.tsx";
import { callName, describeMissing, inOrder, partnerOf } from "./call-words.ts";
import styles from "./compare.module.css";
import { usePlace } from "./useAnswer.ts";
import { useNeighbours } from "./useNeighbours.ts";

/** An invocation beside another one: the last good call of its function, the next failure, or whichever was chosen. */
export function CompareTab({ detail }: { readonly detail: InvocationDetail }) {
  const { id, state } = detail.row;
  const { address, go } = useShell();
  const { data, error, refetch } = useNeighbours(id, state);
  const chosen = address.with === id ? undefined : address.with;
  const partner = chosen ?? (data && partnerOf(detail.row, data));
  // A link to what is shown is one to the same pair.
  useEffect(() => {
    if (partner !== undefined && partner !== chosen) {
      go({ with: partner });
    }
  }, [partner, chosen, go]);
  if (data === undefined) {
    return error ? (
      <Failed error={error} onRetry={() => void refetch()} />
    ) : (
      <Loading what="what it can be compared with" />
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <section className={styles["tab"]} tabIndex={0} aria-label="Compare">
      <Choice row={detail.row} neighbours={data} partner={partner} onChoose={(other) => go({ with: other })} />
      {partner !== undefined && <Pair id={id} other={partner} />}
    </section>
  );
}

type ChoiceProps = {
  readonly row: InvocationDetail["row"];
  readonly neighbours: NeighbouringCalls;
  readonly partner: Seq | undefined;
  readonly onChoose: (other: Seq) => void;
};

const OWN_CHOICE = "For any other call: Ctrl+click it in the list, or mark it with x and select this one again.";

function Choice({ row, neighbours, partner, onChoose }: ChoiceProps) {
  const { lastGood, nextFailure } = neighbours;
  const offers = [
    { other: lastGood, title: "the last good call" },
    { other: nextFailure, title: "the next failure" },
  ];
  const isOwn = partner !== undefined && partner !== lastGood && partner !== nextFailure;
  return (
    <div className={styles["choice"]}>
      <span>Compare with</span>
      {offers.map(
        ({ other, title }) =>
          other !== undefined && (
            <Button key={title} size="small" aria-pressed={other === partner} onClick={() => onChoose(other)}>
              {title} {callName(other)}
            </Button>
          ),
      )}
      {isOwn && (
        <Button size="small" aria-pressed>
          {callName(partner)}
        </Button>
      )}
      <p className={styles["quiet"]}>
        {describeMissing(nameOfExchange(row), row, neighbours)} {OWN_CHOICE}
      </p>
    </div>
  );
}

function Pair({ id, other }: { readonly id: Seq; readonly other: Seq }) {
  const store = useSessionStore();
  const place = usePlace(store);
  const [before, after] = inOrder(id, other);
  const names = useMemo(() => [callName(before), callName(after)] as const, [before, after]);
  return <CallComparison before={{ place, id: before }} after={{ place, id: after }} names={names} />;
}
