import { KIND } from "@inspector/proto";
import { textIn } from "../events.ts";
import type { ProblemSession } from "../problem-session.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, FROM_WORKER, nameOfKind } from "../words.ts";

const RECORDED = {
  consequence:
    "The host forwards them to the worker's own HTTP server and sends only an empty http value here. They are recorded on their way there: each is under HTTP with its invocation.",
  advice: "An invocation in flight may be waiting for its HTTP request: see its HTTP tab.",
};

function notRecorded(uri: string) {
  return {
    consequence: `The host forwards them to ${uri} and sends only an empty http value here, so urls, headers and bodies are not in this recording. An invocation in flight may be waiting for that other leg.`,
    advice:
      "Record without --no-http-capture, or look at the worker's own HTTP server for what is missing here. A replay needs the HTTP request too.",
  };
}

function isRecorded(session: ProblemSession, uri: string): boolean {
  return session.events.of("http-capture").some(({ detail }) => sameServer(textIn(detail, "worker"), uri));
}

/** The relay writes the address as a URL is normally written, which adds a slash. */
function sameServer(one: string, other: string): boolean {
  return one.replace(/\/$/u, "").toLowerCase() === other.replace(/\/$/u, "").toLowerCase();
}

/** A worker that takes HTTP requests itself: they do not cross the stream. */
export const httpBesideStream: Rule = {
  id: "http-beside-stream",
  severity: "info",
  find: (session, range) =>
    session
      .messages(
        range,
        `m.kind IN (${KIND.workerInitResponse}, ${KIND.functionEnvironmentReloadResponse}) AND ${FROM_WORKER}`,
      )
      .flatMap(({ seq, at, kind, stream }): Finding[] => {
        const uri = session.capabilities(stream, seq + 1)?.["HttpUri"] ?? "";
        if (uri === "") {
          return [];
        }
        return [
          {
            subject: `stream ${stream}`,
            at,
            stream,
            describe: () => ({
              title: "HTTP requests of this worker travel beside the stream",
              ...(isRecorded(session, uri) ? RECORDED : notRecorded(uri)),
              quote: `HttpUri: ${uri}`,
              evidence: evidenceOf([nameOfKind(kind), seq]),
            }),
          },
        ];
      }),
};
