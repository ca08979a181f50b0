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

test("limits of steps are those that were recorded for the worker, else the host's defaults", () => {
  const table = `
    0 ms  event   process-spawned         workerId=w1 pid=7 limits={"init":5000,"load":600000,"index":null}
    1 ms  worker  start_stream            worker=w1
    2 ms  host    worker_init_request
    3 ms  worker  worker_init_response
    4 ms  host    functions_metadata_request
    5 ms  worker  function_metadata_response
    6 ms  host    function_load_request   function=f
    7 ms  worker  function_load_response  function=f`;
  const database = openScene(table);
  const [worker] = workersOf(database, () => undefined);
  const told = worker?.steps.map(({ step, limit, isLimitDefault = false }) => [step, limit, isLimitDefault]);
  expect(told).toEqual([
    ["start", 60e9, true],
    ["init", 5e9, false],
    ["index", undefined, false],
    ["load", 600e9, false],
  ]);
  database.close();
});
