import { USUAL_MESSAGE_LIMIT } from "@inspector/session/limits";
import type { ProblemSession } from "../problem-session.ts";
import type { RangeMessage } from "../range-message.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, nameOfKind } from "../words.ts";

const LIMIT_OPTIONS = ["--functions-grpc-max-message-length", "--grpcMaxMessageLength"];
const OFFICIAL = ["node", "dotnet", "python", "java", "powershell", "go"];

/** A message larger than most gRPC libraries take by default; an error where the worker was given a lower limit. */
export const largeMessage: Rule = {
  id: "large-message",
  severity: "info",
  find: (session, range) => [
    ...session
      .messages(range, `m.size > ${USUAL_MESSAGE_LIMIT} AND m.kind <> -2`)
      .map((message) => findingOf(session, message)),
  ],
};

function findingOf(session: ProblemSession, message: RangeMessage): Finding {
  const { seq, at, stream, side, kind, size, invocation, functionName } = message;
  const worker = session.stream(stream);
  const limit = limitIn(session.processOf(worker)?.argv ?? []);
  const isBeyond = limit !== undefined && size > limit;
  const isOfficial = OFFICIAL.includes(worker?.runtime ?? "");
  return {
    subject: `stream ${stream} ${side === 0 ? "to" : "from"} worker${isBeyond ? " beyond its limit" : ""}`,
    at,
    stream,
    severity: isBeyond ? "error" : isOfficial ? "info" : "warning",
    invocation,
    functionName,
    describe: () => ({
      title: `${nameOfKind(kind)} of ${formatMiB(size)} ${side === 0 ? "to" : "from"} the worker`,
      consequence: isBeyond
        ? `The command line limits the worker to ${limit} bytes a message: a larger one that it receives ends the stream, and one that it sends is lost.`
        : "The host accepts up to 2 GiB and passes that limit on to its workers. A peer with the usual limit of gRPC libraries, 4 MiB, ends the stream at such a message.",
      advice: isBeyond
        ? `Pass on ${LIMIT_OPTIONS[0]} as the host gave it: 2147483647.`
        : "In a worker of your own, set the limits for receiving and sending to --functions-grpc-max-message-length.",
      evidence: evidenceOf([nameOfKind(kind), seq]),
    }),
  };
}

function limitIn(argv: readonly string[]): number | undefined {
  const index = argv.findIndex((argument) => LIMIT_OPTIONS.includes(argument));
  const value = index < 0 ? Number.NaN : Number(argv[index + 1]);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function formatMiB(bytes: number): string {
  return `${Number((bytes / (1024 * 1024)).toPrecision(3))} MiB`;
}
