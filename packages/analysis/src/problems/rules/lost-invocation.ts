import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, nameOfFunction } from "../words.ts";

/** Invocations in flight when their stream ended. */
export const lostInvocation: Rule = {
  id: "lost-invocation",
  severity: "error",
  review: (session) =>
    session.streams
      .filter(({ endedAt }) => endedAt !== undefined)
      .flatMap((stream) => {
        const { id, endedAt = session.now } = stream;
        const isExpected = session.terminatedAt(id) !== undefined || session.endedWithRelay(stream);
        return session.unanswered(stream).map(
          ({ functionName, count, first }): Finding => ({
            subject: `stream ${id} ${functionName}`,
            at: endedAt,
            stream: id,
            invocation: first,
            functionName,
            count,
            severity: isExpected ? "warning" : "error",
            isUncertain: session.hasGap(stream.openedAt, endedAt),
            describe: () => ({
              title: `${nameOfFunction(functionName)} was in flight when the stream ended`,
              consequence:
                "The host learns nothing from the end of a stream. It fails the invocation when the process exits with an error; after exit code 0, or while the process lives on, it waits until functionTimeout.",
              advice: isExpected
                ? "Let invocations finish before the worker is asked to terminate."
                : "Find out why the stream ended: what the process wrote last, its exit code, and what this function does at that point.",
              evidence: evidenceOf(["request", first]),
            }),
          }),
        );
      }),
};
