import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, nameOfKind } from "../words.ts";

/** A worker that takes HTTP requests itself: they do not cross the stream. */
export const httpBesideStream: Rule = {
  id: "http-beside-stream",
  severity: "info",
  find: (session, range) =>
    session.messages(range, "m.kind IN (16, 26) AND m.side = 1").flatMap(({ seq, at, kind, stream }): Finding[] => {
      const uri = session.capabilities(stream, seq + 1)?.["HttpUri"] ?? "";
      if (uri === "") return [];
      return [
        {
          subject: `stream ${stream}`,
          at,
          stream,
          tell: () => ({
            title: "HTTP requests of this worker travel beside the stream",
            consequence: `The host forwards them to ${uri} and sends only an empty http value here, so urls, headers and bodies are not in this recording. An invocation in flight may be waiting for that other leg.`,
            advice:
              "Look at the worker's own HTTP server for what is missing here. A replay needs the HTTP request too.",
            quote: `HttpUri: ${uri}`,
            evidence: evidenceOf([nameOfKind(kind), seq]),
          }),
        },
      ];
    }),
};
