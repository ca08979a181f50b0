import type { HttpLeg, HttpLegPart } from "@inspector/contract/page";
import { encodeBase64 } from "@inspector/proto";
import { useQuery } from "@tanstack/react-query";
import { BytesView } from "../../shell/bytes/BytesView.tsx";
import { useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import { httpTone } from "../../shell/format/exchange.ts";
import { formatSize } from "../../shell/format/size.ts";
import { formatSpan } from "../../shell/format/time.ts";
import styles from "./detail.module.css";
import { FactsList } from "./FactsList.tsx";
import { mergeHeaders } from "./http-headers.ts";

/** Bytes of a body that are fetched and shown. */
const SHOWN_BYTES = 1024 * 1024;

/** What host and worker said to each other over HTTP, beside the stream. */
export function HttpLegTab({ leg }: { readonly leg: HttpLeg }) {
  const { request, response, lost } = leg;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <section className={styles["scroll"]} tabIndex={0} aria-label="HTTP beside the stream">
      {lost !== undefined && <p className={styles["note"]}>Not complete: {lost}.</p>}
      <p className={styles["request"]}>
        <b>{request.method}</b> {request.target}
      </p>
      <Part leg={leg.id} of="request" part={request} />
      {response === undefined ? (
        <p className={styles["quiet"]}>{lost === undefined ? "No answer yet." : "No answer came."}</p>
      ) : (
        <>
          <p className={styles["request"]}>
            <span data-tone={httpTone(response.status)}>
              HTTP {response.status} {response.reason}
            </span>{" "}
            <span className={styles["count"]} title="From the request's head to the answer's">
              {formatSpan(response.at - request.at)}
            </span>
          </p>
          <Part leg={leg.id} of="response" part={response} />
        </>
      )}
    </section>
  );
}

type PartProps = {
  readonly leg: number;
  readonly of: "request" | "response";
  readonly part: HttpLegPart;
};

function Part({ leg, of, part }: PartProps) {
  return (
    <>
      <div className={styles["block"]}>
        <h3>
          Headers
          <span className={styles["count"]}>{part.headers.length}</span>
        </h3>
        <FactsList facts={mergeHeaders(part.headers)} />
      </div>
      {part.size > 0 && (
        <div className={styles["block"]}>
          <h3>
            Body
            <span className={styles["count"]}>{formatSize(part.size)}</span>
            {part.size > SHOWN_BYTES && <span>the first {formatSize(SHOWN_BYTES)} of it</span>}
            {part.endedAt === undefined && <span>so far</span>}
          </h3>
          <Body key={part.size} leg={leg} of={of} part={part} />
        </div>
      )}
    </>
  );
}

function Body({ leg, of, part }: PartProps) {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const { data, error } = useQuery({
    queryKey: ["http body", session?.id, leg, of, part.size],
    queryFn: async ({ signal }) => {
      const { bytes } = await client.getHttpBody(leg, of, 0, Math.min(part.size, SHOWN_BYTES), signal);
      return encodeBase64(bytes);
    },
    enabled: part.isBodyDropped !== true,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (part.isBodyDropped) {
    return <p className={styles["quiet"]}>Deleted to keep the session under its size limit.</p>;
  }
  if (data !== undefined) {
    return <BytesView base64={data} />;
  }
  return <p className={styles["quiet"]}>{error?.message ?? "Loading …"}</p>;
}
