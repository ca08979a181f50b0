/** Tells an OpenTelemetry endpoint of invocations as they end, from the session that the ingest fills. */
import { Redactor } from "@inspector/analysis/redaction/redactor";
import type { InvocationRow, Seq } from "@inspector/contract/page";
import { decodeMessage, KIND } from "@inspector/proto";
import { numberOf } from "@inspector/session/database";
import { type ExportSource, openSource } from "./export-source.ts";
import { type OtlpRequest, otlpRequests } from "./otlp.ts";

/** Invocations in one batch. */
const BATCH = 100;
/** Messages that are looked through for ends of invocations at a time. */
const LOOK = 2_000;
/** Messages with an environment that are learnt from, the newest. */
const MAX_ENVIRONMENTS = 20;

export type OtlpFeed = {
  /** Requests that tell of the next invocations that ended; empty where there is none now. The same ones until {@link OtlpFeed.taken}. */
  next(): readonly OtlpRequest[];
  /** The first of them was taken, or refused for good. */
  taken(): void;
  close(): void;
};

/**
 * What is not taken waits in the session and nowhere else: in memory there is one batch, however long the endpoint is away. What belongs
 * to a batch is redacted as an export is, by what the batch and the environment hold.
 * @param after the message behind which it begins; the last one that there is, unless given
 */
export function createOtlpFeed(file: string, by: string, after?: Seq): OtlpFeed {
  const source = openSource(file, by);
  const begin = after ?? source.queries.lastSeq();
  const { database } = source;
  const look = database.prepare("SELECT seq, kind, invocation FROM message WHERE seq > ? ORDER BY seq LIMIT ?");
  const environments = database
    .prepare("SELECT seq FROM message WHERE kind = ? AND seq <= ?")
    .all(KIND.functionEnvironmentReloadRequest, begin)
    .map((row) => numberOf(row["seq"]));
  const begun = new Set<number>();
  let reached: Seq = begin;
  let batch: readonly OtlpRequest[] = [];

  /** The next invocations that were answered, first answer first. */
  function ended(): InvocationRow[] {
    const ids = new Set<Seq>();
    while (ids.size < BATCH) {
      const rows = look.all(reached, LOOK);
      for (const row of rows) {
        reached = numberOf(row["seq"]);
        if (row["kind"] === KIND.functionEnvironmentReloadRequest) {
          environments.push(reached);
        } else if (row["kind"] === KIND.invocationResponse && row["invocation"] !== null) {
          ids.add(numberOf(row["invocation"]));
        }
        if (ids.size >= BATCH) {
          break;
        }
      }
      if (rows.length < LOOK) {
        break;
      }
    }
    environments.splice(0, Math.max(0, environments.length - MAX_ENVIRONMENTS));
    const { rows } = source.invocations.rows([...ids].sort((a, b) => a - b));
    return rows.flatMap((row) => (row.type === "invocation" ? [row] : []));
  }

  return {
    next() {
      if (batch.length === 0) {
        const rows = ended();
        if (rows.length > 0) {
          const told = redacted(source, rows, environments);
          batch = [...otlpRequests(told.source, told.rows, begun)];
        }
      }
      return batch;
    },
    taken() {
      batch = batch.slice(1);
    },
    close() {
      database.close();
    },
  };
}

type Batch = { readonly source: ExportSource; readonly rows: readonly InvocationRow[] };

function redacted(source: ExportSource, rows: readonly InvocationRow[], environments: readonly Seq[]): Batch {
  const redactor = new Redactor({ policy: "safe", own: [], keepsUnknownFields: false });
  const learn = (seq: Seq): void => {
    const bytes = source.payload(seq);
    if (bytes !== undefined) {
      redactor.message(bytes);
    }
  };
  environments.forEach(learn);
  for (const { id } of rows) {
    source.invocations.detail(id)?.messages.forEach(learn);
  }
  redactor.seal();
  return {
    source: {
      ...source,
      decoded(seq) {
        const bytes = seq === undefined ? undefined : source.payload(seq);
        const redacted = bytes && redactor.message(bytes);
        const decoded = redacted && decodeMessage(redacted);
        return decoded?.ok ? decoded.message : undefined;
      },
    },
    rows: rows.map((row) => ({
      ...row,
      ...(row.result !== undefined && {
        result: redactor.text(row.result, { class: "log", field: "invocation.result", name: "result" }),
      }),
    })),
  };
}
