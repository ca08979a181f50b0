import type { Nanos } from "@inspector/contract/page";
import type { ProblemSession } from "./problem-session.ts";
import type { WorkerStream } from "./worker-stream.ts";

/** The first other worker that connected behind a time and that was initialised: what a host starts in the place of one it cannot use. */
export function successorOf(
  session: ProblemSession,
  { id, workerId }: WorkerStream,
  after: Nanos,
): WorkerStream | undefined {
  return session.streams.find(
    (other) =>
      other.id !== id &&
      other.openedAt >= after &&
      (other.workerId === undefined || other.workerId !== workerId) &&
      session.steps(other.id, "init").some(({ status }) => status === 1),
  );
}
