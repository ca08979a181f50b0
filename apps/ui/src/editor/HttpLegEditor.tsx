import type { HttpLeg, ReplayHttpRequest } from "@inspector/session";
import { useQuery } from "@tanstack/react-query";
import { useSessionState, useSessionStore } from "../data/session-context.ts";
import styles from "./editor.module.css";
import { HttpForm } from "./HttpForm.tsx";
import { fromHttpForm, isSameRequest, toHttpForm } from "./http-leg-edit.ts";
import { encodeBase64 } from "./typed-text.ts";

/** A larger body is sent as it was recorded. */
const MAX_EDITED_BYTES = 8 * 1024 * 1024;

type HttpLegEditorProps = {
  readonly leg: HttpLeg;
  /** As it was edited so far. */
  readonly edited: ReplayHttpRequest | undefined;
  /** Undefined where it is what was recorded (again). */
  readonly onChange: (edited: ReplayHttpRequest | undefined) => void;
  readonly onSubmit: () => void;
};

/** The part of a replay that goes over HTTP, beside the stream. */
export function HttpLegEditor({ leg, edited, onChange, onSubmit }: HttpLegEditorProps) {
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
  return (
    <section className={styles["part"]} aria-label="HTTP request">
      <h3>
        Over HTTP, <b>beside the stream</b>
      </h3>
      {body === undefined ? (
        <p className={styles["hint"]}>
          {isLarge
            ? "Its body is too large to be edited here: it is sent as it was recorded."
            : (error?.message ?? "Loading …")}
        </p>
      ) : (
        <HttpForm
          data={toHttpForm(current, body)}
          onChange={(data) => {
            const next = fromHttpForm(data, current, body);
            onChange(isSameRequest(next, leg) ? undefined : next);
          }}
          onSubmit={onSubmit}
        />
      )}
    </section>
  );
}
