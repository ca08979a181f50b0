import type { SessionInfo } from "@inspector/contract/page";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { formatCount, formatOffset } from "../../shell/format/time.ts";
import type { GridColumn } from "../../shell/grid/DataGrid.tsx";
import { type Finding, firstLine, placeOf, severityTone, timeOf } from "./problem-rows.ts";
import styles from "./problems.module.css";

export function problemColumns(session: SessionInfo | undefined): readonly GridColumn<Finding>[] {
  return [
    { id: "title", title: "Problem", track: "minmax(0, 1fr)", render: (finding) => <Title finding={finding} /> },
    {
      id: "place",
      title: "Where",
      track: "minmax(70px, 150px)",
      minGrid: 420,
      render: (finding) => <span className={styles["where"]}>{placeOf(subjectOf(finding), session)}</span>,
    },
    {
      id: "at",
      title: "First, s",
      track: "72px",
      isNumber: true,
      minGrid: 520,
      hint: "Seconds since the session began",
      render: (finding) => <Time finding={finding} session={session} />,
    },
    {
      id: "count",
      title: "Times",
      track: "48px",
      isNumber: true,
      render: (finding) => (finding.type === "problem" ? formatCount(finding.problem.count) : null),
    },
  ];
}

function subjectOf(finding: Finding) {
  return finding.type === "problem" ? finding.problem : finding.verdict;
}

function Title({ finding }: { readonly finding: Finding }) {
  const isVerdict = finding.type === "verdict";
  const title = isVerdict ? finding.verdict.sentence : finding.problem.title;
  const quote = firstLine(subjectOf(finding).quote);
  const tone = isVerdict ? "bad" : severityTone(finding.problem.severity);
  return (
    <span
      className={styles["name"]}
      data-verdict={isVerdict}
      title={quote === undefined ? title : `${title}: ${quote}`}
    >
      <StatusMark tone={tone} label={title} />
      {quote !== undefined && <small>{quote}</small>}
    </span>
  );
}

function Time({ finding, session }: { readonly finding: Finding; readonly session: SessionInfo | undefined }) {
  const at = timeOf(finding, session);
  return <span className={styles["where"]}>{at === undefined ? "" : formatOffset(at)}</span>;
}
