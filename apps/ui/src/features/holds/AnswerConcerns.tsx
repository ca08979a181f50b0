import { answerConcerns } from "@inspector/analysis/replay/answer-concerns";
import type { HoldRuleOrder, ReplayConcern } from "@inspector/contract/intervention";
import { useFunctions, useWorkers } from "../../shell/data/workbench-queries.ts";
import { Concerns } from "../editor/Concerns.tsx";

type AnswerConcernsProps = {
  readonly rule: Pick<HoldRuleOrder, "stream" | "functions">;
  /** What to know of the answer itself. */
  readonly further?: readonly ReplayConcern[];
};

/** What to know of a rule that answers in the place of the workers that are there now. */
export function AnswerConcerns({ rule, further = [] }: AnswerConcernsProps) {
  const { data: workers = [] } = useWorkers();
  const { data: functions = [] } = useFunctions();
  const concerns = [...answerConcerns(rule, workers, functions), ...further];
  return concerns.length > 0 && <Concerns concerns={concerns} />;
}
