import { answerConcerns, type HoldRuleOrder } from "@inspector/session";
import { useFunctions, useWorkers } from "../data/workbench-queries.ts";
import { Concerns } from "../replay/Concerns.tsx";

/** What to know of a rule that answers in the place of the workers that are there now. */
export function AnswerConcerns({ rule }: { readonly rule: Pick<HoldRuleOrder, "stream" | "functions"> }) {
  const { data: workers = [] } = useWorkers();
  const { data: functions = [] } = useFunctions();
  const concerns = answerConcerns(rule, workers, functions);
  return concerns.length > 0 && <Concerns concerns={concerns} />;
}
