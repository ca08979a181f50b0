import type { Seq } from "@inspector/contract/page";
import { INTERVENTION_FLAGS, ofReplay } from "@inspector/filter/message-flags";
import { numberOf, textOf } from "@inspector/session/database";
import type { ProblemSession } from "./problem-session.ts";
import type { RangeMessage } from "./range-message.ts";
import type { WorkerStream } from "./worker-stream.ts";

export type LostCalls = {
  readonly functionName: string;
  readonly count: number;
  /** The first of them. */
  readonly first: Seq;
  /** So many of them had been cancelled; the first that had not. */
  readonly cancelled: number;
  readonly firstUncancelled: Seq | undefined;
};

export type AskedElsewhere = { readonly seq: Seq; readonly isSameWorker: boolean };

/** On row `i` of `invocation`: its answer came on another stream of the same worker, where nobody had asked. */
const ANSWERED_ELSEWHERE = `EXISTS (SELECT 1 FROM invocation o JOIN stream s ON s.id = o.stream
  WHERE o.invocation_id = i.invocation_id AND o.stream <> i.stream AND o.started_seq IS NULL AND o.answered_seq IS NOT NULL
    AND s.worker_id = (SELECT worker_id FROM stream WHERE id = i.stream))`;

/** Invocations without an answer, and requests that others than one's own stream have. */
export class OpenCalls {
  readonly #session: Pick<ProblemSession, "all" | "streams" | "stream">;
  /** Of streams that have ended, which get no more answers. */
  readonly #lost = new Map<number, readonly LostCalls[]>();

  constructor(session: Pick<ProblemSession, "all" | "streams" | "stream">) {
    this.#session = session;
  }

  /**
   * Invocations of the host that reached the worker and have no answer, by function; of a stream that has ended they are lost.
   */
  unanswered({ id, endedAt, workerId }: WorkerStream): readonly LostCalls[] {
    const known = this.#lost.get(id);
    if (known !== undefined) {
      return known;
    }
    const calls = this.#open(id, `NOT ${ofReplay("i.id")}`);
    // What had no answer when its stream ended will not get one, unless its worker has another stream.
    if (
      endedAt !== undefined &&
      !this.#session.streams.some((other) => other.id !== id && other.workerId === workerId)
    ) {
      this.#lost.set(id, calls);
    }
    return calls;
  }

  /**
   * The request of an invocation that this stream knows nothing of: on another stream of the same worker, of which it may have several
   * (MultiStream), or of another worker. The newest such request before the message.
   */
  askedElsewhere(message: Pick<RangeMessage, "seq" | "stream" | "invocationId">): AskedElsewhere | undefined {
    const own = this.#session.stream(message.stream)?.workerId ?? "";
    const [row] = this.#session.all(
      `SELECT i.started_seq, s.worker_id FROM invocation i JOIN stream s ON s.id = i.stream
       WHERE i.invocation_id = ? AND i.stream <> ? AND i.started_seq < ?
       ORDER BY s.worker_id = ? DESC, i.started_seq DESC LIMIT 1`,
      message.invocationId ?? "",
      message.stream,
      message.seq,
      own,
    );
    return row && { seq: numberOf(row["started_seq"]), isSameWorker: own !== "" && row["worker_id"] === own };
  }

  /** Replays without an answer, by function: of no concern to the host, but the worker had them in hand. */
  openReplays({ id }: WorkerStream): readonly LostCalls[] {
    return this.#open(id, ofReplay("i.id"));
  }

  #open(stream: number, condition: string): LostCalls[] {
    return this.#session
      .all(
        `SELECT coalesce(f.name, i.function_id, '') AS name, count(*) AS count, min(i.id) AS first,
         count(i.cancel_seq) AS cancelled, min(CASE WHEN i.cancel_seq IS NULL THEN i.id END) AS first_uncancelled
       FROM invocation i LEFT JOIN function f ON f.stream = i.stream AND f.function_id = i.function_id
       WHERE i.stream = ? AND i.answered_seq IS NULL AND i.started_seq IS NOT NULL AND ${condition}
         AND i.started_seq NOT IN (SELECT seq FROM intervention WHERE flags & ${INTERVENTION_FLAGS.dropped})
         AND NOT ${ANSWERED_ELSEWHERE}
       GROUP BY 1 ORDER BY 3`,
        stream,
      )
      .map((row) => ({
        functionName: textOf(row["name"]) ?? "",
        count: numberOf(row["count"]),
        first: numberOf(row["first"]),
        cancelled: numberOf(row["cancelled"]),
        firstUncancelled: typeof row["first_uncancelled"] === "number" ? row["first_uncancelled"] : undefined,
      }));
  }

  /** Forgets streams that are not looked at any more. */
  forget(most: number): void {
    for (const stream of this.#lost.keys()) {
      if (this.#lost.size <= most) {
        return;
      }
      if (this.#session.stream(stream) === undefined) {
        this.#lost.delete(stream);
      }
    }
  }
}
