import type { HoldRuleOrder, Side } from "@inspector/session";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useRef, useState } from "react";
import { useShell } from "../app/shell-context.ts";
import { Button } from "../controls/Button.tsx";
import { Segments } from "../controls/Segments.tsx";
import type { SessionStore } from "../data/session-store.ts";
import { useFunctions } from "../data/workbench-queries.ts";
import { MessageEditor } from "../editor/MessageEditor.tsx";
import { AnswerConcerns } from "./AnswerConcerns.tsx";
import { AnswerFields, type AnswerLimits, limitsOf } from "./AnswerFields.tsx";
import { Failure } from "./Failure.tsx";
import styles from "./holds.module.css";
import { useAction } from "./useAction.ts";
import { useAnswerDraft } from "./useAnswerDraft.ts";

const WAYS = ["to the worker", "to the host"] as const;
const SIDES: Readonly<Record<(typeof WAYS)[number], Side>> = { "to the worker": "host", "to the host": "worker" };

const WAIT = "wait for me";
const ANSWER = "answer in the worker's place";

/** What is to be stopped, or answered. Nothing is until this is sent. */
export function HoldRuleForm({ live }: { readonly live: SessionStore }) {
  const { item, like } = useShell().address;
  const [way, setWay] = useState<(typeof WAYS)[number]>("to the worker");
  const [fn, setFunction] = useState(item ?? "");
  const [kind, setKind] = useState("");
  const [filter, setFilter] = useState("");
  const [then, setThen] = useState<typeof WAIT | typeof ANSWER>(like === undefined ? WAIT : ANSWER);
  const [limits, setLimits] = useState<AnswerLimits>({ delay: "", times: like === undefined ? "" : "1" });
  const { data: functions = [] } = useFunctions();
  const answer = useAnswerDraft(
    fn === item ? like : undefined,
    functions.findLast(({ name }) => name === fn),
  );
  const { data: seen } = useQuery({
    queryKey: ["seen", live.getState().session?.id],
    queryFn: ({ signal }) => live.client.getSeen(signal),
  });
  const { run, isBusy, error } = useAction();
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const names = [...new Set([...functions.map(({ name }) => name), ...(fn === "" ? [] : [fn])])].sort();
  const canAnswer = way === "to the worker" && (kind === "" || kind === "invocation_request");
  const isAnswering = canAnswer && then === ANSWER;
  const isReady = !isBusy && !(isAnswering && (answer.isLoading || answer.draft.problem !== undefined));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    const order: HoldRuleOrder = {
      from: SIDES[way],
      ...(kind !== "" && { kinds: [kind] }),
      ...(fn !== "" && { functions: [fn] }),
      ...(filter.trim() !== "" && { filter: filter.trim() }),
      ...(isAnswering && { answer: { message: answer.draft.message, ...limitsOf(limits) } }),
    };
    run(() => live.client.interventions.addHoldRule(order));
  };
  return (
    <div>
      <form ref={form} className={styles["form"]} aria-labelledby={`${id}-title`} onSubmit={submit}>
        <h2 id={`${id}-title`}>{isAnswering ? "Answer invocations" : "Hold messages"}</h2>
        <p className={styles["quiet"]}>
          {isAnswering
            ? "The host gets this answer to what matches, and the worker sees nothing of it. If the inspector ends, invocations reach the worker again."
            : "What matches waits here until you let it go on. The host's own clock keeps running. If the inspector ends, everything goes on, in order."}
        </p>
        <div className={styles["fields"]}>
          <Segments label="Way" options={WAYS} value={way} onChange={setWay} />
          <label>
            <span>What</span>
            <select value={kind} onChange={(event) => setKind(event.target.value)}>
              <option value="">{way === "to the worker" ? "invocations" : "answers to invocations"}</option>
              {seen?.kinds.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label>
            <span>Function</span>
            <select value={fn} onChange={(event) => setFunction(event.target.value)}>
              <option value="">any</option>
              {names.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label className={styles["filter"]}>
            <span>Filter</span>
            <input
              value={filter}
              placeholder={'header.x-id:7 or "text"'}
              spellCheck={false}
              onChange={(event) => setFilter(event.target.value)}
            />
          </label>
        </div>
        <div className={styles["fields"]}>
          {canAnswer && <Segments label="Then" options={[WAIT, ANSWER]} value={then} onChange={setThen} />}
          {isAnswering && <AnswerFields limits={limits} onLimits={setLimits} />}
          <Button type="submit" look={isAnswering ? "main" : "raised"} disabled={!isReady}>
            {isAnswering ? "Answer" : "Hold"}
          </Button>
        </div>
        <Failure error={error} />
      </form>
      {isAnswering && (
        <section className={styles["answer"]} aria-label="The answer">
          <AnswerConcerns rule={fn === "" ? {} : { functions: [fn] }} further={answer.concerns} />
          {answer.isLoading ? (
            <p className={styles["quiet"]}>Loading the recorded answer …</p>
          ) : (
            <MessageEditor
              key={answer.source}
              draft={answer.draft}
              onDraft={answer.setDraft}
              onSubmit={() => form.current?.requestSubmit()}
            />
          )}
        </section>
      )}
    </div>
  );
}
