import { describe, expect, test } from "vitest";
import { foundBy, NODE, openScene, problemsIn, rulesIn, STOPPED } from "../../testing/problems-in.ts";
import { createProblems } from "./problems.ts";

test("a worker that starts, works and stops is no problem", () => {
  const work = `
    20 ms   host    invocation_request   id=i1 function=hello
    22 ms   worker  rpc_log              id=i1 text="hello"
    25 ms   worker  invocation_response  id=i1
    1 s     host    worker_status_request   request=r1
    1.01 s  worker  worker_status_response  request=r1`;
  expect(rulesIn(NODE, work, STOPPED)).toEqual([]);
});

test("a request that somebody held is late from when it went on, and not before", () => {
  const table = `${NODE}
    1 s     host    worker_status_request   request=r1
    31 s    worker  worker_status_response  request=r1`;
  expect(rulesIn(table)).toContain("slow-status");
  const database = openScene(table);
  const seq = "(SELECT started_seq FROM worker_step WHERE step = 'status')";
  database.exec(
    `INSERT INTO hold (seq, is_request, from_at, to_at, went_on) VALUES (${seq}, 0, 1000000000, 30500000000, 1)`,
  );
  expect(
    createProblems(database)
      .update()
      .problems.map(({ rule }) => rule),
  ).not.toContain("slow-status");
});

test("the first message is start_stream", () => {
  const early = `
    1 ms  worker  rpc_log       text="starting" category=System
    2 ms  worker  start_stream  worker=w1
    3 ms  host    end           grpc=0`;
  expect(rulesIn(early)).toContain("wrong-first-message");
  expect(rulesIn(NODE)).not.toContain("wrong-first-message");
});

test("behind a gap, a wrong first message is only a possibility", () => {
  const table = `
    0 ms  worker  opens
    1 ms  event   gap      reason="disk full" bytes=100
    2 ms  worker  rpc_log  text="starting" category=System`;
  expect(foundBy("wrong-first-message", table)).toMatchObject([
    { severity: "info", consequence: expect.stringContaining("went by unrecorded") },
  ]);
});

test.each([
  ["0 ms worker opens\n 5 s worker lost", true],
  ["0 ms worker opens\n 61 s event relay-ended", true],
  ["0 ms worker opens\n 59 s event relay-ended", false],
  [NODE, false],
])("a worker says who it is, or its stream ends: %j", (table, isFound) => {
  expect(rulesIn(table).includes("no-first-message")).toBe(isFound);
});

test.each([
  ["1 ms worker start_stream worker=w1\n 2 ms host end grpc=0", true],
  ["1 ms worker start_stream worker=w1\n 2 ms worker rpc_log text=hi category=System\n 3 ms host end grpc=0", true],
  ["1 ms worker start_stream worker=w1\n 2 ms host end grpc=14", false],
  ["1 ms worker start_stream worker=w1\n 2 ms host worker_init_request\n 3 ms host end grpc=0", false],
])("an unknown worker id shows as an OK behind StartStream: %j", (table, isFound) => {
  expect(rulesIn(table).includes("unknown-worker-id")).toBe(isFound);
});

test("an unknown worker id is named", () => {
  const [problem] = foundBy("unknown-worker-id", "1 ms worker start_stream worker=w9\n 2 ms host end grpc=0");
  expect(problem).toMatchObject({ severity: "error", title: 'The host does not know the worker id "w9"', stream: 1 });
  expect(problem?.evidence).toEqual([{ label: "start_stream", seq: 1 }]);
});

const START = "1 ms worker start_stream worker=w1 agent=grpc-node-js/1.8.18";
const START_OTHER = "1 ms worker start_stream worker=w1";

test.each([
  ["start_stream", "0 ms worker opens\n 61 s worker start_stream worker=w1", true],
  ["start_stream", "0 ms worker opens\n 59 s worker start_stream worker=w1", false],
  [
    "start_stream, from the start of the process",
    "0 ms event process-spawned workerId=w1 pid=7\n 30 s worker opens\n 61 s worker start_stream worker=w1",
    true,
  ],
  ["init", `${START_OTHER}\n 1 s host worker_init_request\n 12 s worker worker_init_response`, true],
  ["init", `${START_OTHER}\n 1 s host worker_init_request\n 10 s worker worker_init_response`, false],
  ["init of Node.js", `${START}\n 1 s host worker_init_request\n 2 min worker worker_init_response`, false],
  ["init of Node.js", `${START}\n 1 s host worker_init_request\n 3 min worker worker_init_response`, true],
  [
    "load",
    `${START}\n 1 s host function_load_request function=f\n 31 min worker function_load_response function=f`,
    true,
  ],
  [
    "load",
    `${START}\n 1 s host function_load_request function=f\n 29 min worker function_load_response function=f`,
    false,
  ],
  ["metadata", `${START}\n 1 s host functions_metadata_request\n 31 min worker function_metadata_response`, true],
  ["metadata", `${START}\n 1 s host functions_metadata_request\n 90 s worker function_metadata_response`, false],
  [
    "reload",
    `${START_OTHER}\n 1 s host function_environment_reload_request\n 32 s worker function_environment_reload_response`,
    true,
  ],
  [
    "reload",
    `${START_OTHER}\n 1 s host function_environment_reload_request\n 30 s worker function_environment_reload_response`,
    false,
  ],
])("%s is late beyond the host's limit: %j", (_, table, isFound) => {
  expect(rulesIn(table).includes("late-step")).toBe(isFound);
});

test("a late answer says how long it took and what the host allows", () => {
  const table = `${START_OTHER}\n 1 s host worker_init_request\n 13.5 s worker worker_init_response`;
  expect(foundBy("late-step", table)).toMatchObject([
    {
      severity: "warning",
      title: "The answer to WorkerInit took 12.5 s; the host's default is 10 s",
      consequence: expect.stringMatching(/^Where the host has its defaults: /),
    },
  ]);
});

describe("limits that are recorded", () => {
  const SPAWNED = '0 ms event process-spawned workerId=w1 limits={"init":5000,"load":600000,"index":null}';
  const INIT = `${SPAWNED}\n ${START_OTHER}\n 1 s host worker_init_request`;

  test("are what the steps of that worker are judged by", () => {
    expect(foundBy("late-step", `${INIT}\n 7 s worker worker_init_response`)).toMatchObject([
      {
        severity: "error",
        title: "The answer to WorkerInit took 6 s; the host waits 5 s",
        consequence: expect.stringMatching(/^The host gives the worker up/),
      },
    ]);
    expect(foundBy("unanswered-step", `${INIT}\n 7 s event relay-ended`)).toMatchObject([
      { severity: "error", title: "WorkerInit was not answered within 5 s, which is all the host waits" },
    ]);
    const load = `${SPAWNED}\n ${START_OTHER}\n 1 s host function_load_request function=f`;
    expect(foundBy("late-step", `${load}\n 9 min worker function_load_response function=f`)).toEqual([]);
    expect(foundBy("late-step", `${load}\n 12 min worker function_load_response function=f`)).toHaveLength(1);
  });

  test("are those of the worker's own worker.config.json too", () => {
    const config = 'workerConfig={"processOptions":{"initializationTimeout":"00:00:03"}}';
    const table = INIT.replace(/limits=.*\}/u, config);
    expect(foundBy("late-step", `${table}\n 5 s worker worker_init_response`)).toMatchObject([
      { severity: "error", title: "The answer to WorkerInit took 4 s; the host waits 3 s" },
    ]);
  });

  test("are for ever where they are null", () => {
    const index = `${SPAWNED}\n ${START_OTHER}\n 1 s host functions_metadata_request`;
    expect(foundBy("late-step", `${index}\n 40 h worker function_metadata_response`)).toEqual([]);
  });

  test("of another worker are nobody else's", () => {
    const other = INIT.replace("workerId=w1", "workerId=w2");
    expect(foundBy("late-step", `${other}\n 7 s worker worker_init_response`)).toEqual([]);
  });
});

test.each([
  [
    "of the start",
    "0 ms worker opens\n 61 s worker start_stream worker=w1\n 62 s host worker_init_request\n 63 s worker worker_init_response",
  ],
  [
    "of the init",
    `${START_OTHER}\n 1 s host worker_init_request\n 12 s worker worker_init_response\n 13 s host function_load_request function=f\n 13 s worker function_load_response function=f`,
  ],
  [
    "of a load",
    `${START_OTHER}\n 1 s host function_load_request function=f\n 31 min worker function_load_response function=f
     32 min host invocation_request id=i1 function=f\n 32 min worker invocation_response id=i1`,
  ],
])("a host that goes on behind a late answer had not given up: %s", (_, table) => {
  expect(foundBy("late-step", table)).toMatchObject([
    { severity: "info", consequence: "The host went on with it all the same, so it waits for longer than that." },
  ]);
});

test("a load that had no answer is not held against the function that the host invokes", () => {
  const table = `${START_OTHER}\n 1 s host function_load_request function=f\n 2 s host function_load_request function=g
    31 min host invocation_request id=i1 function=f\n 32 min event relay-ended`;
  expect(
    foundBy("unanswered-step", table)
      .map(({ severity }) => severity)
      .sort(),
  ).toEqual(["info", "warning"]);
});

test.each([
  [`${START_OTHER}\n 1 s host worker_init_request\n 2 s relay lost`, true],
  [`${START_OTHER}\n 1 s host worker_init_request\n 12 s event relay-ended`, true],
  [`${START_OTHER}\n 1 s host worker_init_request\n 9 s event relay-ended`, false],
  [`${START}\n 1 s host worker_init_request\n 100 s event relay-ended`, false],
])("a step is unanswered when its stream or the host's patience ends: %j", (table, isFound) => {
  expect(rulesIn(table).includes("unanswered-step")).toBe(isFound);
});

test("an answer that a gap may have swallowed accuses nobody", () => {
  const table = `${START_OTHER}\n 1 s host worker_init_request\n 2 s event gap reason=full\n 12 s event relay-ended`;
  expect(foundBy("unanswered-step", table)).toMatchObject([{ severity: "info" }]);
});

test.each([
  ["0 ms event process-spawned workerId=w1 pid=7\n 61 s event relay-ended", true],
  ["0 ms event process-spawned workerId=w1 pid=7\n 59 s event relay-ended", false],
  ["0 ms event process-spawned workerId=w1 pid=7\n 1 s worker start_stream worker=w1\n 61 s event relay-ended", false],
])("a process that never opens a stream: %j", (table, isFound) => {
  expect(rulesIn(table).includes("never-started")).toBe(isFound);
});

test("of a live session the present counts, not its newest message", () => {
  const database = openScene(`${START_OTHER}\n 1 s host worker_init_request`);
  const found = (now: number): string[] =>
    createProblems(database, { now: () => now })
      .update()
      .problems.map(({ rule }) => rule);
  expect(found(5e9)).toEqual([]);
  expect(found(12e9)).toEqual(["unanswered-step"]);
});

test("a process that never connects and has a proxy in its way is told of that", () => {
  const table = (variables: string) =>
    `0 ms event process-spawned workerId=w1 pid=7 variables=${variables}\n 70 s event relay-ended`;
  expect(foundBy("never-started", table('{"http_proxy":"http://proxy:3128"}'))).toMatchObject([
    {
      consequence: expect.stringContaining("In its environment http_proxy is set and no_proxy does not name 127.0.0.1"),
    },
  ]);
  const exempt = '{"http_proxy":"http://proxy:3128","no_proxy":"127.0.0.1"}';
  expect(foundBy("never-started", table(exempt))[0]?.consequence).not.toContain("proxy");
});

test("a load that a Java worker leaves without an answer is told with what that worker swallows", () => {
  const load = (runtime: string): string =>
    `1 ms worker start_stream worker=w1\n2 ms host worker_init_request\n3 ms worker worker_init_response runtime=${runtime}
     4 ms host function_load_request function=hello\n40 min event relay-ended`;
  const advice = (runtime: string): string[] => {
    const { problems, verdicts } = problemsIn(load(runtime));
    return [...problems.filter(({ rule }) => rule === "unanswered-step"), ...verdicts].map((said) => said.advice);
  };
  expect(advice("java")).toMatchObject([
    expect.stringContaining("UnsupportedClassVersionError"),
    expect.stringContaining("UnsupportedClassVersionError"),
  ]);
  expect(advice("node").join(" ")).not.toContain("Java");
});

test("a step that was under way when the worker was stopped is not put down to its end", () => {
  const pending = "1 ms worker start_stream worker=w1\n2 ms host worker_init_request";
  const [stopped] = foundBy("unanswered-step", pending, "9 ms host worker_terminate\n10 ms relay lost");
  expect(stopped).toMatchObject({ severity: "warning", consequence: "The worker was stopped before it had answered." });
  const [lost] = foundBy("unanswered-step", pending, "10 ms relay lost");
  expect(lost).toMatchObject({ severity: "error", consequence: expect.stringMatching(/^The worker was gone/u) });
});
