import type { LogLevel, MessageRow, Status } from "@inspector/contract/page";
import { functionTerm, idTerm, kindTerm, levelTerm, sinceTerm, sizeTerm, workerTerm } from "@inspector/filter/term";
import type { StreamLife } from "../../shell/data/growth.ts";
import { withoutColours } from "../../shell/format/ansi.ts";
import { formatKind } from "../../shell/format/message.ts";
import { formatSize } from "../../shell/format/size.ts";
import { formatOffset } from "../../shell/format/time.ts";
import { factOf, namedFact, type RowFact } from "../../shell/grid/row-fact.ts";

/** How the filter calls what the contract does. */
const STATUS_WORDS: Readonly<Record<Status, string>> = {
  Failure: "failed",
  Success: "success",
  Cancelled: "cancelled",
};

/** In the order of the contract's numbers. */
const LEVELS: readonly LogLevel[] = ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"];

/** What a message's row says, in the words of the filter. */
export function messageFacts(row: MessageRow, stream: StreamLife | undefined): readonly RowFact[] {
  const name = row.functionName ?? row.functionId;
  const workerId = stream?.workerId;
  return [
    ...factOf("time", "From, s", formatOffset(row.at), sinceTerm(row.at)),
    ...factOf("direction", "Sent by", row.from, `side:${row.from}`),
    ...factOf("kind", "Kind", formatKind(row.kind), kindTerm(row.kind)),
    ...namedFact("subject", "Function", name, functionTerm),
    ...namedFact("subject", "Invocation", row.invocationId, idTerm),
    ...namedFact("subject", "Request", row.requestId, idTerm),
    ...factOf("subject", "Worker", workerId ?? `stream ${row.stream}`, workerTerm({ workerId, stream: row.stream })),
    ...factOf("text", "Content", row.text && withoutColours(row.text)),
    ...factOf("status", "Status", row.status, row.status && `status:${STATUS_WORDS[row.status]}`),
    ...factOf("status", "Level", row.level, row.level && levelTerm(LEVELS.indexOf(row.level))),
    ...factOf("status", "Cut off", row.isTruncated && "its stream ended first", "is:truncated"),
    ...factOf("size", "Size at least", formatSize(row.size), sizeTerm(row.size)),
  ];
}
