import { useSessionPart } from "../../shell/data/session-context.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatCount } from "../../shell/format/time.ts";
import styles from "./badge.module.css";

/** Errors and warnings for the navigation, red while there is an error; nothing where all is well. */
export function ProblemsBadge() {
  const problems = useSessionPart(({ session }) => session?.problems);
  if (problems === undefined || problems.errors + problems.warnings === 0) {
    return null;
  }
  const { errors, warnings } = problems;
  const title = `${formatPlural(errors, "error", "errors")}, ${formatPlural(warnings, "warning", "warnings")}`;
  return (
    <span className={styles["badge"]} data-bad={errors > 0} title={title}>
      {formatCount(errors + warnings)}
    </span>
  );
}
