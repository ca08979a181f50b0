import { lastWords } from "../quotes.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf } from "../words.ts";

/**
 * The official Java worker is relocated when it is built, the string "identity" with it: it finds no decompressor for what a
 * host calls identity, and ends with code 255 (seen with Java worker 2.17.0). grpc-js names it on its own, Kestrel never.
 */
export const namedEncoding: Rule = {
  id: "named-encoding",
  severity: "error",
  review: (session) =>
    session.streams.flatMap((stream): Finding[] => {
      const { id, encoding, runtime, openedAt, endedAt } = stream;
      const hasReadOn = session.steps(id, "init").some(({ answeredSeq }) => answeredSeq !== undefined);
      if (encoding === undefined || runtime !== "java" || hasReadOn) {
        return [];
      }
      const first = session.firstMessages.get(id);
      const process = session.processOf(stream);
      return [
        {
          subject: `stream ${id}`,
          at: endedAt ?? openedAt,
          stream: id,
          severity: endedAt === undefined ? "warning" : "error",
          isUncertain: session.hasGap(openedAt, endedAt ?? session.now),
          describe: () => ({
            title: `The host's response headers say "grpc-encoding: ${encoding}", which the official Java worker cannot read`,
            consequence:
              endedAt === undefined
                ? "The official Java worker ends because of it; this one has answered nothing so far."
                : "The worker answered nothing of what the host said, and its stream ended.",
            advice:
              "A host must not name an encoding: leave grpc-encoding out of its response headers, as the Functions host does. " +
              "A host on grpc-js names it unless told otherwise.",
            quote: process && lastWords(process),
            evidence: evidenceOf(["first message", first?.seq]),
          }),
        },
      ];
    }),
};
