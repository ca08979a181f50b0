import { workersOf } from "@inspector/session/worker-queries";
import { expect, test } from "vitest";
import { NODE, openScene, problemsIn } from "../testing/problems-in.ts";

const REQUESTS = `
  20 ms   host    invocation_request   id=i1 function=hello
  21 ms   host    invocation_request   id=i2 function=hello
  25 ms   worker  invocation_response  id=i1 status=Failure`;

/** What the only worker of a scene did with its invocations. */
function figuresOf(...tables: readonly string[]): unknown {
  const [worker] = workersOf(openScene(...tables), () => undefined);
  if (worker === undefined) {
    throw new Error("The scene has no worker.");
  }
  const { invocations, failures, inFlight, lost } = worker;
  return { invocations, failures, inFlight, lost };
}

test("what a worker has not answered is in flight while its stream is open, and lost with it", () => {
  expect(figuresOf(NODE, REQUESTS)).toEqual({ invocations: 2, failures: 1, inFlight: 1, lost: 0 });
  expect(figuresOf(NODE, REQUESTS, "30 ms relay lost")).toEqual({ invocations: 2, failures: 1, inFlight: 0, lost: 1 });
});

test("a process that never connected has the verdict on it", () => {
  const table = ["w8", "w9"]
    .map(
      (id, n) =>
        `${n} ms event process-spawned workerId=${id}\n ${n + 5} ms event process-exited workerId=${id} code=${n + 2}`,
    )
    .join("\n");
  const workers = workersOf(openScene(table), () => undefined, problemsIn(table).verdicts);
  expect(workers.map(({ stream, verdict }) => `${stream.workerId} ${verdict?.sentence}`)).toEqual([
    expect.stringMatching(/^w8 Worker w8 never reached the host: its process ended with exit code 2/u),
    expect.stringMatching(/^w9 Worker w9 never reached the host: its process ended with exit code 3/u),
  ]);
});
