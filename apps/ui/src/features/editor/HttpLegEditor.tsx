import type { ReplayHttpRequest } from "@inspector/contract/intervention";
import type { HttpLeg } from "@inspector/contract/page";
import { encodeBase64 } from "@inspector/proto";
import { useQuery } from "@tanstack/react-query";
import { useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import styles from "./editor.module.css";
import { isSameRequest, withLegBody } from "./http-leg-edit.ts";
import { PairTable } from "./PairTable.tsx";
import { RequestLine } from "./RequestLine.tsx";
import { TextDataField } from "./TextDataField.tsx";
import { queryPairs, withQueryPairs } from "./url-query.ts";

/** A larger body is sent as it was recorded. */
const MAX_EDITED_BYTES = 8 * 1024 * 1024;

type HttpLegEditorProps = {
  readonly leg: HttpLeg;
  /** Nothing else is sent: it goes to a custom handler. */
  readonly isAll: boolean;
  /** The edited request; undefined while nothing was changed. */
  readonly edited: ReplayHttpRequest | undefined;
  /** What is typed as its body, while that is no value. */
  readonly typed: string | undefined;
  /** Undefined where it is what was recorded (again). */
  readonly onChange: (edited: ReplayHttpRequest | undefined, typed: string | undefined) => void;
  readonly onSubmit: () => void;
};

/** The part of a replay that goes over HTTP, beside the stream or in its place. */
export function HttpLegEditor({ leg, isAll, edited, typed, onChange, onSubmit }: HttpLegEditorProps) {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const { id, request } = leg;
  const isLarge = request.size > MAX_EDITED_BYTES;
  const { data: body, error } = useQuery({
    queryKey: ["http body to edit", session?.id, id, request.size],
    queryFn: async ({ signal }) =>
      request.size === 0 ? "" : encodeBase64((await client.getHttpBody(id, "request", 0, request.size, signal)).bytes),
    enabled: !isLarge,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { method, target, headers } = request;
  const current = edited ?? { method, target, headers };
  const editOf = (next: ReplayHttpRequest) => (isSameRequest(next, leg) ? undefined : next);
  const change = (next: ReplayHttpRequest) => onChange(editOf(next), typed);
  return (
    <div className={styles["editor"]}>
      <section className={styles["part"]} aria-label="HTTP request">
        <h3>
          Over HTTP, <b>{isAll ? "to the custom handler" : "beside the stream"}</b>
        </h3>
        {body === undefined ? (
          <p className={styles["hint"]}>
            {isLarge
              ? "Its body is too large to edit here. It is sent as it was recorded."
              : (error?.message ?? "Loading …")}
          </p>
        ) : (
          <div className={styles["http"]}>
            <RequestLine
              method={current.method}
              url={current.target}
              onMethod={(next) => change({ ...current, method: next })}
              onUrl={(next) => change({ ...current, target: next })}
            />
            <PairTable
              title="Query"
              noun="query parameter"
              pairs={queryPairs(current.target)}
              onChange={(pairs) => change({ ...current, target: withQueryPairs(current.target, pairs) })}
            />
            <PairTable
              title="Headers"
              noun="header"
              pairs={current.headers}
              onChange={(pairs) => change({ ...current, headers: pairs })}
            />
            <TextDataField
              label="Body"
              data={{ bytes: current.body ?? body }}
              typed={typed}
              onChange={(data, bodyTyped) => onChange(editOf(withLegBody(current, data, body)), bodyTyped)}
              onSubmit={onSubmit}
            />
          </div>
        )}
      </section>
    </div>
  );
}
