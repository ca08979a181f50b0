import type { HoldRuleOrder, Side } from "@inspector/session";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useShell } from "../app/shell-context.ts";
import { Button } from "../controls/Button.tsx";
import { Segments } from "../controls/Segments.tsx";
import type { SessionStore } from "../data/session-store.ts";
import { useFunctions } from "../data/workbench-queries.ts";
import { Failure } from "./Failure.tsx";
import styles from "./holds.module.css";
import { useAction } from "./useAction.ts";

const WAYS = ["to the worker", "to the host"] as const;
const SIDES: Readonly<Record<(typeof WAYS)[number], Side>> = { "to the worker": "host", "to the host": "worker" };

/** What is to be stopped. Nothing is until this is sent. */
export function HoldRuleForm({ live }: { readonly live: SessionStore }) {
  const { address } = useShell();
  const [way, setWay] = useState<(typeof WAYS)[number]>("to the worker");
  const [fn, setFunction] = useState(address.item ?? "");
  const [kind, setKind] = useState("");
  const [filter, setFilter] = useState("");
  const { data: functions = [] } = useFunctions();
  const { data: seen } = useQuery({
    queryKey: ["seen", live.getState().session?.id],
    queryFn: ({ signal }) => live.client.getSeen(signal),
  });
  const { run, isBusy, error } = useAction();
  const id = useId();
  const names = [...new Set([...functions.map(({ name }) => name), ...(fn === "" ? [] : [fn])])].sort();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const order: HoldRuleOrder = {
      from: SIDES[way],
      ...(kind !== "" && { kinds: [kind] }),
      ...(fn !== "" && { functions: [fn] }),
      ...(filter.trim() !== "" && { filter: filter.trim() }),
    };
    run(() => live.client.interventions.addHoldRule(order));
  };
  return (
    <form className={styles["form"]} aria-labelledby={`${id}-title`} onSubmit={submit}>
      <h2 id={`${id}-title`}>Hold messages</h2>
      <p className={styles["quiet"]}>
        What matches waits here until you let it go on. The host's own clock keeps running. If the inspector ends,
        everything goes on, in order.
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
        <label>
          <span>Filter</span>
          <input
            value={filter}
            placeholder={'header.x-id:7 or "text"'}
            spellCheck={false}
            onChange={(event) => setFilter(event.target.value)}
          />
        </label>
        <Button type="submit" disabled={isBusy}>
          Hold
        </Button>
      </div>
      <Failure error={error} />
    </form>
  );
}
