import { ownValue } from "@inspector/contract/own-value";
import { KIND } from "@inspector/proto";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, FROM_HOST, nameOfKind, nameOfWorker } from "../words.ts";

/** Messages that the host sends only to a worker that declared a capability, by kind. */
const CAPABILITY: ReadonlyMap<number, string> = new Map([
  [KIND.workerStatusRequest, "WorkerStatus"],
  [KIND.workerTerminate, "HandlesWorkerTerminateMessage"],
  [KIND.invocationCancel, "HandlesInvocationCancelMessage"],
  [KIND.closeSharedMemoryResourcesRequest, "SharedMemoryDataTransfer"],
  [KIND.functionLoadRequestCollection, "SupportsLoadResponseCollection"],
  [KIND.workerWarmupRequest, "HandlesWorkerWarmupMessage"],
]);

/** What official workers do with a message of a kind they do not handle. */
const REACTION: Readonly<Record<string, string>> = {
  java: "The Java worker has no handler for it: a NullPointerException ends its stream.",
  node: "The Node.js worker does not act on it, and at most logs a system error.",
  dotnet: "The .NET worker passes over it in silence.",
  go: "The Go worker passes over it in silence.",
  python: "The Python worker logs it and does nothing.",
  powershell: "The PowerShell worker logs a warning and does nothing.",
};

export const undeclaredMessage: Rule = {
  id: "undeclared-message",
  severity: "warning",
  find: (session, range) =>
    session
      .messages(range, `${FROM_HOST} AND m.kind IN (${[...CAPABILITY.keys()].join(", ")})`)
      .flatMap((message): Finding[] => {
        const { seq, at, kind, stream, invocation, functionName } = message;
        const capability = CAPABILITY.get(kind) ?? "";
        const declared = session.capabilities(stream, seq);
        // Where the answer to WorkerInit was not seen, nobody knows what it declared.
        if (declared === undefined || (declared[capability] ?? "") !== "") {
          return [];
        }
        const worker = session.stream(stream);
        return [
          {
            subject: `stream ${stream} ${nameOfKind(kind)}`,
            at,
            stream,
            ...(kind === KIND.invocationCancel && { invocation, functionName }),
            describe: () => ({
              title: `${nameOfKind(kind)} to the ${nameOfWorker(worker)}, which never declared ${capability}`,
              consequence:
                ownValue(REACTION, worker?.runtime ?? "") ??
                "A worker that does not know the message ignores it at best, and ends its stream at worst.",
              advice: `Send it only where the worker's init or reload response has ${capability}; Functions hosts keep to that.`,
              evidence: evidenceOf(
                [nameOfKind(kind), seq],
                ["declared", session.steps(stream, "init")[0]?.answeredSeq],
              ),
            }),
          },
        ];
      }),
};
