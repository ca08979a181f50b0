import { HOLD_LIMIT_MS } from "@inspector/contract/intervention";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useRef } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { Failure } from "../../shell/controls/Failure.tsx";
import { Segments } from "../../shell/controls/Segments.tsx";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { useStoreState } from "../../shell/data/useStoreState.ts";
import { useFunctions } from "../../shell/data/workbench-queries.ts";
import { awayWords } from "../../shell/page/session-words.ts";
import { useAction } from "../../shell/page/useAction.ts";
import { MessageEditor } from "../editor/MessageEditor.tsx";
import { AnswerConcerns } from "./AnswerConcerns.tsx";
import { AnswerFields } from "./AnswerFields.tsx";
import styles from "./holds.module.css";
import { ANSWER, canAnswer, orderOf, WAIT, WAYS } from "./rule-draft.ts";
import { describeNever, FILTER_EXAMPLE } from "./rule-filter.ts";
import { submitKey } from "./submit-key.ts";
import { useAnswerDraft } from "./useAnswerDraft.ts";
import { useRuleDraft } from "./useRuleDraft.ts";

/** What is to be stopped, or answered. Nothing is until this is sent. */
export function HoldRuleForm({ live }: { readonly live: SessionStore }) {
  const { draft, change, drop, discard, isKept, version } = useRuleDraft();
  const { start, way, fn, kind, filter, seconds, limits } = draft;
  const { data: functions = [] } = useFunctions();
  const answer = useAnswerDraft(
    draft.answer,
    fn === start.item ? start.like : undefined,
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
  const isAnswering = canAnswer(draft) && draft.outcome === ANSWER;
  const never = describeNever(orderOf(draft, undefined));
  const isAway = awayWords(useStoreState(live).connection) !== undefined;
  const isReady = !isBusy && !isAway && !(isAnswering && (answer.isLoading || answer.draft.problem !== undefined));
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) {
      return;
    }
    const order = orderOf(draft, isAnswering ? answer.draft : undefined);
    run(() => live.client.interventions.addHoldRule(order).then(() => drop(draft)));
  };
  // The browser looks at the fields first, as it does for the button.
  const submit = () => form.current?.requestSubmit();
  return (
    <div onKeyDownCapture={submitKey(submit)}>
      <form ref={form} className={styles["form"]} aria-labelledby={`${id}-title`} onSubmit={send}>
        <h2 id={`${id}-title`}>{isAnswering ? "Answer invocations" : "Hold messages"}</h2>
        <p className={styles["quiet"]}>
          {isAnswering
            ? "The host gets this answer to every invocation that matches, and the worker sees none of them. If the inspector ends, invocations reach the worker again."
            : "Every message that matches waits here until you release it, or its time is over. The host's own clock keeps running. If the inspector ends, everything goes on, in order."}
        </p>
        <div className={styles["fields"]}>
          <Segments label="Way" options={WAYS} value={way} onChange={(way) => change({ way })} />
          <label>
            <span>What</span>
            <select value={kind} onChange={(event) => change({ kind: event.target.value })}>
              <option value="">{way === "to the worker" ? "invocations" : "answers to invocations"}</option>
              {seen?.kinds.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label>
            <span>Function</span>
            <select value={fn} onChange={(event) => change({ fn: event.target.value })}>
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
              placeholder={FILTER_EXAMPLE}
              spellCheck={false}
              aria-describedby={never && `${id}-never`}
              onChange={(event) => change({ filter: event.target.value })}
            />
          </label>
        </div>
        {never !== undefined && (
          <p id={`${id}-never`} className={styles["warning"]} role="status">
            {never}
          </p>
        )}
        <div className={styles["fields"]}>
          {canAnswer(draft) && (
            <Segments
              label="Then"
              options={[WAIT, ANSWER]}
              value={draft.outcome}
              onChange={(outcome) => change({ outcome })}
            />
          )}
          {isAnswering ? (
            <AnswerFields limits={limits} onLimits={(limits) => change({ limits })} />
          ) : (
            <label className={styles["number"]}>
              <span>At most, in s</span>
              <input
                type="number"
                min={0.1}
                step={0.1}
                value={seconds}
                placeholder={String(HOLD_LIMIT_MS / 1000)}
                onChange={(event) => change({ seconds: event.target.value })}
              />
            </label>
          )}
          <Button type="submit" look={isAnswering ? "main" : "raised"} disabled={!isReady}>
            {isAnswering ? "Answer" : "Hold"}
          </Button>
          {isKept && (
            <Button look="plain" onClick={discard} title="Begin this rule anew">
              Discard
            </Button>
          )}
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
              key={`${answer.source} ${version}`}
              draft={answer.draft}
              onDraft={(edited) => change({ answer: edited })}
              onSubmit={submit}
            />
          )}
        </section>
      )}
    </div>
  );
}
