import type { Problem, SessionInfo } from "@inspector/session";
import { StatusMark } from "../controls/StatusMark.tsx";
import { formatCount, formatOffset } from "../format/time.ts";
import type { GridColumn } from "../table/DataGrid.tsx";
import { placeOfProblem, severityTone } from "./problem-rows.ts";
import styles from "./problems.module.css";

export function problemColumns(session: SessionInfo | undefined): readonly GridColumn<Problem>[] {
  return [
    {
      id: "title",
      title: "Problem",
      track: "minmax(0, 1fr)",
      render: ({ severity, title }) => (
        <span className={styles["name"]} title={title}>
          <StatusMark tone={severityTone(severity)} label={title} />
        </span>
      ),
    },
    {
      id: "place",
      title: "Where",
      track: "minmax(70px, 150px)",
      minGrid: 420,
      render: (problem) => <span className={styles["where"]}>{placeOfProblem(problem, session)}</span>,
    },
    {
      id: "at",
      title: "First, s",
      track: "72px",
      isNumber: true,
      minGrid: 520,
      hint: "Seconds since the session began",
      render: ({ at }) => <span className={styles["where"]}>{formatOffset(at)}</span>,
    },
    {
      id: "count",
      title: "Times",
      track: "48px",
      isNumber: true,
      render: ({ count }) => formatCount(count),
    },
  ];
}
