import type { Nanos } from "@inspector/contract/page";
import type { KeyboardEvent } from "react";
import { formatSpan } from "../../shell/format/time.ts";
import type { TimeWindow } from "./brush.ts";
import { moveEdge } from "./move-edge.ts";
import styles from "./Overview.module.css";

type WindowSlidersProps = {
  /** All of the session. */
  readonly range: TimeWindow;
  readonly chosen: TimeWindow | undefined;
  readonly pixelOf: (at: Nanos) => number;
  readonly onChoose: (window: TimeWindow | undefined) => void;
};

/** The two edges of the window of time, for the keyboard: arrows move one, with Shift both; Escape clears. */
export function WindowSliders({ range, chosen, pixelOf, onChoose }: WindowSlidersProps) {
  const window = chosen ?? range;
  const onKeyDown = (edge: "from" | "to") => (event: KeyboardEvent) => {
    if (event.key === "Escape" && chosen) {
      onChoose(undefined);
    } else {
      const next = moveEdge(window, range, edge, event.key, event.shiftKey);
      if (next === undefined) {
        return;
      }
      onChoose(next.from <= range.from && next.to >= range.to ? undefined : next);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (["from", "to"] as const).map((edge) => (
    <div
      key={edge}
      role="slider"
      tabIndex={0}
      aria-label={edge === "from" ? "Start of the time window" : "End of the time window"}
      aria-valuemin={Math.round(range.from / 1e6)}
      aria-valuemax={Math.round(range.to / 1e6)}
      aria-valuenow={Math.round(window[edge] / 1e6)}
      aria-valuetext={`${formatSpan(window[edge])} since the session began`}
      className={styles["edge"]}
      data-set={chosen !== undefined}
      style={{ left: pixelOf(window[edge]) }}
      onKeyDown={onKeyDown(edge)}
    />
  ));
}
