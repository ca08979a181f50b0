import type { ExchangeState } from "@inspector/contract/page";
import {
  durationTerm,
  functionTerm,
  idTerm,
  STEP_TERMS,
  sinceTerm,
  sizeTerm,
  triggerTerm,
  workerTerm,
} from "@inspector/filter/term";
import type { StreamLife } from "../../shell/data/growth.ts";
import type { ExchangeRow } from "../../shell/data/session-store.ts";
import { withoutColours } from "../../shell/format/ansi.ts";
import { nameOfExchange, sizeOfExchange } from "../../shell/format/exchange.ts";
import { formatSize } from "../../shell/format/size.ts";
import { formatOffset, formatSpan } from "../../shell/format/time.ts";
import { factOf, namedFact, type RowFact } from "../../shell/grid/row-fact.ts";

/** What the filter says for each; it has no word for what is not known, and none for what was dropped. */
const STATES: Readonly<Record<ExchangeState, readonly [word: string, term: string | undefined]>> = {
  success: ["success", "status:success"],
  failed: ["failed", "status:failed"],
  cancelled: ["cancelled", "is:cancelled"],
  "in-flight": ["in flight", "is:inflight"],
  lost: ["lost", "is:lost"],
  dropped: ["dropped", undefined],
  unknown: ["not known", undefined],
};

/** What the row of an invocation or of a worker's step says, in the words of the filter. */
export function invocationFacts(row: ExchangeRow, stream: StreamLife | undefined): readonly RowFact[] {
  const from = row.startedAt ?? row.answeredAt;
  const size = sizeOfExchange(row);
  const [state, stateTerm] = STATES[row.state];
  const workerId = stream?.workerId;
  return [
    ...factOf(
      "time",
      "From, s",
      from === undefined ? undefined : formatOffset(from),
      from === undefined ? undefined : sinceTerm(from),
    ),
    ...nameFacts(row),
    ...factOf("name", "Worker", workerId ?? `stream ${row.stream}`, workerTerm({ workerId, stream: row.stream })),
    ...factOf("status", "Status", state, stateTerm),
    ...(row.type === "invocation" ? answerFacts(row) : []),
    ...(row.duration ? factOf("duration", "At least", formatSpan(row.duration), durationTerm(row.duration)) : []),
    ...factOf("size", "Size at least", size > 0 ? formatSize(size) : undefined, sizeTerm(size)),
  ];
}

function nameFacts(row: ExchangeRow): readonly RowFact[] {
  if (row.type === "step") {
    return factOf("name", "Step", nameOfExchange(row), STEP_TERMS[row.step]);
  }
  const { trigger, invocationId, text, replay } = row;
  const name = row.functionName ?? row.functionId;
  return [
    ...namedFact("name", "Function", name, functionTerm),
    ...namedFact("trigger", "Trigger", trigger, triggerTerm),
    ...namedFact("name", "Invocation", invocationId, idTerm),
    ...factOf("name", "Request", text && withoutColours(text)),
    ...factOf("name", "Replay", replay && "sent by the inspector", "is:replayed"),
  ];
}

function answerFacts({
  httpStatus,
  result,
  errorLogs,
}: Extract<ExchangeRow, { type: "invocation" }>): readonly RowFact[] {
  return [
    ...factOf("status", "HTTP", httpStatus?.toString(), `http:${httpStatus}`),
    ...(httpStatus === undefined ? factOf("status", "Answer", result && withoutColours(result)) : []),
    ...factOf("logs", "Logs", errorLogs > 0 ? "with errors" : undefined, "level:error,critical"),
  ];
}
