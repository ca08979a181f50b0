import type { Verdict } from "@inspector/contract/page";
import { ArrowRight, X } from "lucide-react";
import { Button } from "../../shell/controls/Button.tsx";
import { useProblems } from "../../shell/data/workbench-queries.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { workerKey } from "../../shell/page/worker-key.ts";
import { EvidenceList } from "./EvidenceList.tsx";
import { firstLine } from "./problem-rows.ts";
import styles from "./problems.module.css";

/** Why a worker died or never became ready: the sentence, what was said about it, and where to see it. */
export function VerdictView({ verdict }: { readonly verdict: Verdict }) {
  return (
    <section className={styles["verdict"]} aria-label="Verdict">
      <div className={styles["said"]}>
        <h2>
          <X size={15} strokeWidth={2.5} aria-hidden className={styles["cross"]} />
          {verdict.sentence}
        </h2>
        {verdict.quote !== undefined && <Quote text={verdict.quote} />}
      </div>
      <h3>What to try</h3>
      <p>{verdict.advice}</p>
      {verdict.evidence.length > 0 && <EvidenceList evidence={verdict.evidence} />}
    </section>
  );
}

/** What worker or host said, as it stood. */
export function Quote({ text }: { readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <pre className={styles["quote"]} data-lines={text.includes("\n")} tabIndex={0}>
      {text}
    </pre>
  );
}

/** The newest verdict in one line across the page, for the shell; nothing where there is none. */
export function VerdictStrip() {
  const { go } = useShell();
  const { data } = useProblems();
  const verdict = data?.verdicts[0];
  if (verdict === undefined) {
    return null;
  }
  const others = (data?.verdicts.length ?? 1) - 1;
  const cause = firstLine(verdict.quote);
  return (
    <div className={styles["strip"]} role="status">
      <X size={14} strokeWidth={2.5} aria-hidden />
      <p>
        <b>{verdict.sentence}</b> {cause !== undefined && <code>{cause}</code>}
      </p>
      {others > 0 && <span>and {formatPlural(others, "other", "others")}</span>}
      <Button size="small" onClick={() => go({ view: "workers", item: workerKey(verdict.stream, verdict.workerId) })}>
        Why <ArrowRight size={12} aria-hidden />
      </Button>
    </div>
  );
}
