/** Which messages leave. */
import { compileFilter, compileInvocationFilter } from "@inspector/filter/compile";
import type { Filter } from "@inspector/filter/filter";
import { type Fragment, join } from "@inspector/filter/fragment";

export type Selection = {
  /** Of messages; undefined for all. */
  readonly messages: Filter | undefined;
  /** Of invocations and start-up steps, each of which leaves as a whole; undefined for all, and for what belongs to none of them. */
  readonly invocations: Filter | undefined;
};

/**
 * Words are looked for in the rows, as `--filter` does, and not in payloads.
 * @param isOfInvocations whether an invocation leaves as a whole where one of its messages is selected
 * @returns a condition on table `message` under the alias `m`; undefined for all
 */
export function selectMessages({ messages, invocations }: Selection, isOfInvocations: boolean): Fragment | undefined {
  const conditions = [
    ...(messages === undefined ? [] : [ofMessages(compileFilter(messages), isOfInvocations)]),
    ...(invocations === undefined ? [] : [ofInvocations(invocations)]),
  ];
  return conditions.length === 0 ? undefined : join(conditions, "AND");
}

function ofMessages(condition: Fragment, isOfInvocations: boolean): Fragment {
  if (!isOfInvocations) {
    return condition;
  }
  const { sql, params } = condition;
  return {
    sql: `((${sql}) OR m.invocation IN (SELECT m.invocation FROM message m WHERE m.invocation IS NOT NULL AND (${sql})))`,
    params: [...params, ...params],
  };
}

function ofInvocations(filter: Filter): Fragment {
  const { invocations, steps } = compileInvocationFilter(filter, { scope: "all" });
  const ofStep = (seq: string): string =>
    `SELECT w.${seq} FROM worker_step w JOIN startup_step i ON i.stream = w.stream AND i.step = w.step WHERE (${steps.sql})`;
  return {
    sql: `(m.invocation IN (SELECT i.id FROM invocation i WHERE (${invocations.sql}))
      OR m.seq IN (${ofStep("started_seq")} UNION ${ofStep("answered_seq")}))`,
    params: [...invocations.params, ...steps.params, ...steps.params],
  };
}
