import { IS_PLAIN } from "@inspector/filter/message-flags";
import { contentKinds, KIND, KIND_EMPTY } from "@inspector/proto";
import type { RangeMessage } from "../range-message.ts";
import type { Description, Finding, Rule } from "../rule.ts";
import { evidenceOf, FROM_HOST, FROM_WORKER, nameOfKind } from "../words.ts";

/** In the contract, and sent or answered by no host and no worker. */
const UNUSED: readonly number[] = [KIND.fileChangeEventRequest, KIND.workerActionResponse, KIND.workerHeartbeat];

const SIDES = ["host", "worker"];

function kindsFrom(sender: "host" | "worker"): string {
  return contentKinds
    .filter(({ from, number }) => from === sender && !UNUSED.includes(number))
    .map(({ number }) => number)
    .join(", ");
}

function found({ seq, at, stream, side, kind }: RangeMessage, description: Omit<Description, "evidence">): Finding {
  return {
    subject: `stream ${stream} ${SIDES[side]} ${nameOfKind(kind)}`,
    at,
    stream,
    describe: () => ({ ...description, evidence: evidenceOf([nameOfKind(kind), seq]) }),
  };
}

export const unusedKind: Rule = {
  id: "unused-kind",
  severity: "info",
  find: (session, range) =>
    session.messages(range, `m.kind IN (${UNUSED.join(", ")})`).map((message) =>
      found(message, {
        title: `${nameOfKind(message.kind)} from the ${SIDES[message.side]}: the contract has it, nobody uses it`,
        consequence: "No host and no official worker acts on it.",
        advice: "Leave it out.",
      }),
    ),
};

/** The contract gives every kind one sender; the other side does not expect it. */
export const wrongDirection: Rule = {
  id: "wrong-direction",
  severity: "warning",
  find: (session, range) =>
    session
      .messages(
        range,
        `(${FROM_HOST} AND m.kind IN (${kindsFrom("worker")})) OR (${FROM_WORKER} AND m.kind IN (${kindsFrom("host")}))`,
      )
      .map((message) =>
        found(message, {
          title: `${nameOfKind(message.kind)} from the ${SIDES[message.side]}, which only the other side sends`,
          consequence:
            message.side === 0 ? "Workers log an error or pass over it; Java's ends its stream." : "The host drops it.",
          advice: "Check which side of the contract this peer plays.",
        }),
      ),
};

/** The .NET worker acknowledges with empty messages, so only those of the host are worth a word. */
export const emptyMessage: Rule = {
  id: "empty-message",
  severity: "info",
  find: (session, range) =>
    session.messages(range, `m.kind = ${KIND_EMPTY} AND ${FROM_HOST} AND ${IS_PLAIN}`).map((message) =>
      found(message, {
        title: "A message without content from the host",
        consequence: "Workers have nothing to do with it: Node.js logs an error, others pass over it.",
        advice: "Check that the content is set before the message is sent.",
      }),
    ),
};
