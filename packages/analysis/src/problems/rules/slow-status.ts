import { formatSpan, STATUS_LIMIT } from "@inspector/session/limits";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf } from "../words.ts";

/** Status pings that took long, or have waited long: the host takes their round trip for the worker's latency. */
export const slowStatus: Rule = {
  id: "slow-status",
  severity: "warning",
  review: (session) =>
    session.streams.flatMap((stream) => {
      const slow = session
        .steps(stream.id, "status")
        .map((ping) => ({
          ...ping,
          took: (ping.answeredAt ?? stream.endedAt ?? session.now) - (ping.startedAt ?? Infinity),
        }))
        .filter(({ took }) => took > STATUS_LIMIT);
      const [first] = slow;
      const worst = Math.max(...slow.map(({ took }) => took));
      if (first === undefined) {
        return [];
      }
      const at = first.answeredAt ?? stream.endedAt ?? session.now;
      return [
        {
          subject: `stream ${stream.id}`,
          at,
          stream: stream.id,
          count: slow.length,
          isUncertain: session.hasGap(first.startedAt ?? at, at),
          describe: () => ({
            title: `The worker took up to ${formatSpan(worst)} to answer a status ping`,
            consequence:
              "A worker whose event loop or thread pool is blocked answers nothing else either. With dynamic concurrency the host adds workers when pings take longer than 1 s.",
            advice: "Look for synchronous work in the functions that ran just then.",
            evidence: evidenceOf(["ping", first.startedSeq], ["answer", first.answeredSeq]),
          }),
        } satisfies Finding,
      ];
    }),
};
