import type { StrayLeg } from "@inspector/contract/page";
import { useState } from "react";
import { useStrayHttp } from "../../shell/data/workbench-queries.ts";
import { formatMoment } from "../../shell/format/time.ts";
import { HttpLegTab } from "../detail/HttpLegTab.tsx";
import styles from "./workers.module.css";

/** HTTP requests to a worker's own server that belong to no invocation; nothing where there are none. */
export function StrayHttpView({ startedAt }: { readonly startedAt: number }) {
  const { data } = useStrayHttp();
  if (data === undefined || data.count === 0) {
    return null;
  }
  const { legs, count } = data;
  return (
    <section className={styles["section"]} aria-label="HTTP requests of no invocation">
      <h3>HTTP requests of no invocation</h3>
      <p className={styles["second"]}>
        {count === 1 ? "A request" : `${count} requests`} to the own HTTP server of a worker
        {count > legs.length && `, of which these are the newest ${legs.length}`}. Workers pair such requests with
        invocations by x-ms-invocation-id.
      </p>
      <ul className={styles["strays"]}>
        {legs.toReversed().map((leg) => (
          <Stray key={leg.id} leg={leg} startedAt={startedAt} />
        ))}
      </ul>
    </section>
  );
}

/** Its bodies are fetched once it is open. */
function Stray({ leg, startedAt }: { readonly leg: StrayLeg; readonly startedAt: number }) {
  const [isOpen, setOpen] = useState(false);
  const { request, response, invocationId } = leg;
  return (
    <li>
      <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className={styles["quiet"]}>{formatMoment(startedAt, request.at)}</span>{" "}
          <code>
            {request.method} {request.target}
          </code>{" "}
          {invocationId === undefined ? (
            "names no invocation"
          ) : (
            <>
              names <code>{invocationId}</code>, which nobody requested
            </>
          )}
          {", "}
          {response === undefined ? "no answer" : `answered with ${response.status}`}
        </summary>
        {isOpen && <HttpLegTab leg={leg} />}
      </details>
    </li>
  );
}
