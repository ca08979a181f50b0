import { expect, test } from "vitest";
import { DOTNET, foundBy, NODE, problemsIn, rulesIn, STOPPED } from "../../testing/problems-in.ts";

const REQUEST = "20 ms host invocation_request id=i1 function=hello";
const SPAWNED = "0 ms event process-spawned workerId=w1 pid=7";

test("an OK from the host's side, to a worker nobody asked to stop", () => {
  expect(foundBy("clean-end", NODE, "30 ms host end grpc=0")).toMatchObject([
    { severity: "error", consequence: expect.stringContaining("exits with code 0") },
  ]);
  expect(foundBy("clean-end", DOTNET, "30 ms host end grpc=0")[0]?.consequence).toContain("lives on");
  expect(foundBy("clean-end", NODE, "20 ms host worker_terminate", "30 ms host end grpc=0")).toEqual([]);
});

test("an error status from the host is quoted", () => {
  expect(foundBy("error-end", NODE, '30 ms host end grpc=14 says="going away"')).toMatchObject([
    { title: "The host ended the call with gRPC status 14 (UNAVAILABLE)", quote: "going away" },
  ]);
  expect(foundBy("error-end", NODE, "30 ms host end grpc=0")).toEqual([]);
});

test("a call that is cancelled", () => {
  expect(foundBy("reset-stream", NODE, "30 ms worker reset code=8")).toMatchObject([
    { title: "The worker cancelled the call (HTTP/2 error 8)" },
  ]);
  expect(foundBy("reset-stream", NODE, STOPPED)).toEqual([]);
});

test("a connection that closes under its stream", () => {
  expect(foundBy("connection-lost", NODE, REQUEST, "30 ms relay lost")).toMatchObject([{ severity: "error" }]);
  expect(foundBy("connection-lost", NODE, "30 ms host lost code=ECONNRESET")).toMatchObject([{ severity: "warning" }]);
  expect(foundBy("connection-lost", NODE, "30 ms relay lost\n 30 ms event relay-ended")).toEqual([]);
  expect(foundBy("connection-lost", NODE, "30 ms relay lost\n 31 ms event process-exited workerId=w1 code=1")).toEqual(
    [],
  );
});

test("the end of one of a worker's streams is not the worker's", () => {
  const second = "10 ms worker start_stream worker=w1 stream=2";
  for (const [rule, ends] of [
    ["connection-lost", "30 ms relay lost"],
    ["error-end", "30 ms host end grpc=14"],
    ["reset-stream", "30 ms worker reset code=8"],
  ] as const) {
    const { problems, verdicts } = problemsIn(NODE, second, REQUEST, ends, "40 ms worker rpc_log text=on stream=2");
    expect(problems.filter((problem) => problem.rule === rule)).toMatchObject([
      { severity: "info", consequence: "The worker has another stream to the host (2) and speaks on over it." },
    ]);
    expect(verdicts).toEqual([]);
  }
  expect(foundBy("connection-lost", NODE, second.replace("w1", "w2"), REQUEST, "30 ms relay lost")).toMatchObject([
    { severity: "error" },
  ]);
});

test("an answer on another stream of the worker is an answer", () => {
  const second = "10 ms worker start_stream worker=w1 stream=2";
  const answer = "25 ms worker invocation_response id=i1 stream=2";
  expect(rulesIn(NODE, second, REQUEST, answer, "30 ms relay lost")).not.toContain("lost-invocation");
  expect(rulesIn(NODE, second.replace("w1", "w2"), REQUEST, answer, "30 ms relay lost")).toContain("lost-invocation");
});

test("an answer to a step on another stream of the worker is an answer", () => {
  const asked = `1 ms worker start_stream worker=w1
    5 ms worker start_stream worker=w1 stream=2
    10 ms host function_load_request function=f
    12 ms worker function_load_response function=f stream=2
    30 ms relay lost\n 30 ms relay lost stream=2`;
  expect(foundBy("stray-answer", asked)).toMatchObject([
    { severity: "info", title: "The answer to the loading of a function came on another stream of the same worker" },
  ]);
  expect(rulesIn(asked)).not.toContain("unanswered-step");
  const others = asked.replace("worker=w1 stream=2", "worker=w2 stream=2");
  expect(foundBy("stray-answer", others)).toMatchObject([{ severity: "warning" }]);
  expect(rulesIn(others)).toContain("unanswered-step");
});

test("an exit quotes what was written near it by a process that ended by itself", () => {
  const warned = `0 ms event process-spawned workerId=w1
    1 ms event process-output workerId=w1 stream=stderr text="Error: no bundle, falling back"`;
  const quotes = (...more: string[]) => foundBy("process-exit", warned, NODE, ...more).map(({ quote }) => quote);
  const died = "17 s relay lost\n 17 s event process-exited workerId=w1 code=1";
  expect(quotes(died)).toEqual([undefined]);
  expect(quotes(`16 s event process-output workerId=w1 stream=stderr text="out of handles"\n ${died}`)).toEqual([
    "out of handles",
  ]);
  // Of one with something in hand counts what came since.
  const since = `20 ms event process-output workerId=w1 stream=stderr text="config broken, giving up"
    30 ms relay lost\n 30 ms event process-exited workerId=w1 code=3`;
  expect(quotes(REQUEST, since)).toEqual(["config broken, giving up"]);
  // What somebody else ended said nothing about it, however near its start was.
  const stopped = "5 s relay lost\n 5 s event process-exited workerId=w1 signal=SIGKILL";
  expect(quotes(stopped)).toEqual([undefined]);
  const ended = "5 s relay lost\n 5 s event process-exited workerId=w1 signal=SIGKILL endedByHost=function-timeout";
  expect(quotes(REQUEST, ended)).toEqual([undefined]);
});

test("a worker that is only starting is stopped with its run, and told of no cause where a signal came from elsewhere", () => {
  const starting = `0 ms event process-spawned workerId=w1
    1 ms event process-output workerId=w1 stream=stderr text="Error: Cannot find module './bundle.js'"
    800 ms event process-exited workerId=w1 signal=SIGKILL`;
  const stopped = problemsIn(`${starting}\n 2 s event relay-ended`);
  expect(stopped.verdicts).toEqual([]);
  expect(stopped.problems.filter(({ rule }) => rule === "process-exit")).toMatchObject([{ severity: "info" }]);
  const asked = `0 ms event process-spawned workerId=w1\n 1 ms worker start_stream worker=w1\n 2 ms host worker_init_request
    800 ms relay lost\n 800 ms event process-exited workerId=w1 signal=SIGKILL`;
  const severities = (more: string) => foundBy("unanswered-step", `${asked}\n ${more}`).map(({ severity }) => severity);
  expect(severities("5 s event relay-ended")).not.toEqual(severities("60 s event relay-ended"));
  const { verdicts } = problemsIn(`${starting}\n 60 s event relay-ended`);
  expect(verdicts).toMatchObject([
    {
      sentence:
        "Worker w1 never reached the host: it was ended by SIGKILL, 800 ms after it was started, by its host, by hand or by the system: nothing recorded says which.",
      quote: "Error: Cannot find module './bundle.js'",
    },
  ]);
});

test("a function was ended for its time where the request crossed a little behind the start of the host's clock", () => {
  const killed = (ms: number) =>
    `0 ms event process-spawned workerId=w1 limits={"invocation":1000}
     ${20 + ms} ms relay lost\n ${20 + ms} ms event process-exited workerId=w1 signal=SIGKILL`;
  const sentence = (ms: number) => problemsIn(killed(ms), NODE, REQUEST).verdicts[0]?.sentence ?? "";
  expect(sentence(980)).toContain("had run for 980 ms, as long as functionTimeout (1 s)");
  expect(sentence(1010)).toContain("longer than functionTimeout (1 s)");
  expect(sentence(700)).toContain("nothing recorded says which");
});

test("a verdict on a call that was cancelled names the malformed message before it", () => {
  const cut = "20 ms host bytes hex=220c0a0269311201661a7f0a0161\n 22 ms worker reset code=8";
  expect(problemsIn(NODE, REQUEST, cut).verdicts).toMatchObject([
    { sentence: expect.stringMatching(/: message 7, invocation_request, is malformed: .*\(byte 10\)\.$/u) },
  ]);
});

test("a reload that fails and is followed by a worker of the app's own is no error", () => {
  const reload = `20 ms host function_environment_reload_request
    25 ms worker function_environment_reload_response status=Failure exception="not this language"`;
  const own = `40 ms worker start_stream worker=w2 stream=2
    41 ms host worker_init_request stream=2
    42 ms worker worker_init_response stream=2`;
  expect(foundBy("failed-result", NODE, reload)).toMatchObject([{ severity: "error" }]);
  expect(foundBy("failed-result", NODE, reload, "30 ms relay lost", own)).toMatchObject([
    { severity: "info", title: expect.stringContaining("another worker took its place") },
  ]);
  expect(problemsIn(NODE, reload, "30 ms relay lost", own).verdicts).toEqual([]);
});

test("a load that fails behind one that succeeded changes nothing", () => {
  const again = `10 ms host function_load_request function=hello
    11 ms worker function_load_response function=hello status=Failure exception="already exists"`;
  const works = `${REQUEST}\n 25 ms worker invocation_response id=i1`;
  expect(foundBy("failed-result", NODE, again)).toMatchObject([
    { severity: "warning", title: "hello was loaded again, and that failed: already exists" },
  ]);
  expect(foundBy("failed-result", NODE, again, works)[0]?.consequence).toBe(
    "It was loaded before, and goes on running as it was.",
  );
  const failing = `${NODE} status=Failure exception=broken`;
  expect(foundBy("failed-result", failing)).toMatchObject([{ severity: "error" }]);
  expect(foundBy("failed-result", failing, works)).toMatchObject([
    { severity: "warning", title: "hello failed to load, and runs all the same: broken" },
  ]);
});

test("a process that outlives its stream", () => {
  const ended = "30 ms host end grpc=14";
  expect(foundBy("lingering-worker", SPAWNED, DOTNET, ended, "20 s event relay-ended")).toHaveLength(1);
  expect(foundBy("lingering-worker", SPAWNED, DOTNET, ended, "5 s event relay-ended")).toEqual([]);
  const exited = "31 ms event process-exited workerId=w1 code=1";
  expect(foundBy("lingering-worker", SPAWNED, DOTNET, ended, exited, "20 s event relay-ended")).toEqual([]);
});

const CRASH = `
  28 ms  event  process-output  workerId=w1 stream=stdout text="listening"
  29 ms  event  process-output  workerId=w1 stream=stderr text="TypeError: x is not a function"
  29 ms  event  process-output  workerId=w1 stream=stderr text="    at main.js:3"
  30 ms  relay  lost
  30 ms  event  process-exited  workerId=w1 code=1`;

test("an exit code is shown with the last lines of stderr", () => {
  expect(foundBy("process-exit", SPAWNED, NODE, CRASH)).toMatchObject([
    {
      severity: "error",
      title: "The worker's process ended with exit code 1",
      quote: "TypeError: x is not a function\n    at main.js:3",
      evidence: [{ label: "process exited", event: 5 }],
    },
  ]);
  expect(foundBy("process-exit", SPAWNED, NODE, STOPPED)).toEqual([]);
  expect(foundBy("process-exit", SPAWNED, NODE, CRASH.replace("code=1", "code=200"))).toEqual([]);
});

test("a host kills a worker that has nothing to do; one that has died", () => {
  const killed = "30 ms relay lost\n 30 ms event process-exited workerId=w1 signal=SIGKILL";
  expect(foundBy("process-exit", SPAWNED, NODE, killed)).toMatchObject([{ severity: "info" }]);
  expect(foundBy("process-exit", SPAWNED, NODE, REQUEST, killed)).toMatchObject([{ severity: "error" }]);
});

test("exit code 143 is an orderly stop of an idle worker or behind worker_terminate, an error of a busy one", () => {
  const ended = "30 ms relay lost\n 30 ms event process-exited workerId=w1 code=143";
  const severities = (...tables: string[]) => foundBy("process-exit", ...tables).map(({ severity }) => severity);
  expect(severities(SPAWNED, NODE, ended)).toEqual(["info"]);
  expect(severities(SPAWNED, NODE, "29 ms host worker_terminate", ended)).toEqual(["info"]);
  expect(severities(SPAWNED, NODE, REQUEST, ended)).toEqual(["error"]);
  expect(severities(SPAWNED, NODE, REQUEST, "29 ms host worker_terminate", ended)).toEqual(["info"]);
  expect(severities(SPAWNED, NODE, "29 ms host worker_terminate", ended.replace("143", "1"))).toEqual(["warning"]);
});

test("who ended a process is said, where it is known", () => {
  const killed = "30 ms relay lost\n 30 ms event process-exited workerId=w1 signal=SIGKILL";
  const titles = (...tables: string[]) => foundBy("process-exit", ...tables).map(({ title }) => title);
  const timeOut = "29 ms event host-timed-out step=invocation workerId=w1 functionName=hello limit=3000";
  expect(titles(SPAWNED, NODE, REQUEST, timeOut, killed)).toEqual(["The host ended the worker's process (SIGKILL)"]);
  expect(titles('1 ms event process-exited workerId=w1 failure="there is no command python (x)"')).toEqual([
    "The worker could not be started: there is no command python (x)",
  ]);
});

test("exit code 0 that nobody asked for", () => {
  const exited = "30 ms relay lost\n 30 ms event process-exited workerId=w1 code=0";
  expect(foundBy("quiet-exit", SPAWNED, NODE, exited)).toHaveLength(1);
  expect(foundBy("quiet-exit", SPAWNED, NODE, STOPPED)).toEqual([]);
});

test("errors are counted towards the end of the host's patience", () => {
  const crashes = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const id = `c${index}`;
      return `${index} s event process-spawned workerId=${id}\n ${index}.5 s event process-exited workerId=${id} code=1`;
    });
  expect(foundBy("restart-count", ...crashes(2))).toMatchObject([{ severity: "warning", count: 2 }]);
  expect(foundBy("restart-count", ...crashes(3))).toMatchObject([
    { severity: "error", title: "3 worker errors within 30 min; the host stops at 3" },
  ]);
  expect(foundBy("restart-count", ...crashes(1))).toEqual([]);
  expect(foundBy("restart-count", ...crashes(3), "9 s event process-spawned workerId=c9")).toMatchObject([
    { severity: "warning", consequence: expect.stringContaining("started another worker all the same") },
  ]);
  const two = crashes(3).map((table) => table.replace("process-spawned", "process-spawned processCount=2"));
  expect(foundBy("restart-count", ...two)).toMatchObject([{ title: expect.stringContaining("stops at 6") }]);
});

test("an exit that the host asked for, and one of a function that ran for too long, count for nothing", () => {
  const stream = (n: number) => NODE.replaceAll(/w1/gu, `w${n}`).replaceAll(/^(\s+[\d.]+ ms .*)$/gmu, `$1 stream=${n}`);
  const three = (how: string, more = "") =>
    [1, 2, 3].map(
      (n) => `${stream(n)}\n${more.replaceAll("#", String(n))}\n 30 ms event process-exited workerId=w${n} ${how}`,
    );
  expect(foundBy("restart-count", ...three("code=1"))).toHaveLength(1);
  expect(foundBy("restart-count", ...three("code=143"))).toEqual([]);
  expect(foundBy("restart-count", ...three("code=1", "29 ms host worker_terminate stream=#"))).toEqual([]);
  expect(foundBy("restart-count", ...three("signal=SIGKILL endedByHost=function-timeout"))).toEqual([]);
});

test.each([
  ["host-timed-out", "host-timed-out step=init workerId=w1 limit=10000", "The host waited 10 s for init and gave up"],
  ["host-worker-failed", 'host-worker-failed workerId=w1 reason="no init"', "The host gave a worker up"],
  ["host-metadata-failed", 'host-metadata-failed reason="broken"', "The host could not list the functions"],
  ["host-restart", "host-restarting cause=worker-exit delay=1000", "The host started another worker"],
  ["host-gave-up", 'host-gave-up message="Exceeded"', "The host stopped: there were too many worker errors"],
  [
    "upstream-unreachable",
    "upstream-failed address=127.0.0.1:1 code=ECONNREFUSED",
    "The host at 127.0.0.1:1 could not be reached (ECONNREFUSED)",
  ],
  ["recording-gap", 'gap reason="no space" bytes=10', "Part of the traffic went by unrecorded"],
  ["relay-lost", "relay-lost", "The relay was killed while it was recording"],
  [
    "session-rescued",
    'session-rescued message="was deleted"',
    "The session's file was taken away while it was being recorded",
  ],
])("%s is found by the event", (rule, event, title) => {
  expect(foundBy(rule, NODE, `20 ms event ${event}`)).toMatchObject([{ title, evidence: [{ event: 1 }] }]);
  expect(rulesIn(NODE)).not.toContain(rule);
});

function verdictOn(...tables: string[]): string[] {
  return problemsIn(...tables).verdicts.map(({ step, sentence, quote }) => `${step}: ${sentence} [${quote ?? ""}]`);
}

test("a verdict names the end, the step and the cause", () => {
  expect(verdictOn(SPAWNED, NODE, REQUEST, CRASH)).toEqual([
    "invocation: The node worker w1 ended with exit code 1 while 1 invocation was in flight (hello), after it had written a TypeError. [TypeError: x is not a function\n    at main.js:3]",
  ]);
  expect(verdictOn(SPAWNED, NODE, CRASH)[0]).toMatch(/^idle: The node worker w1 ended with exit code 1 while nothing/u);
});

test.each([
  [
    "a failed init",
    '1 ms worker start_stream worker=w1\n 2 ms host worker_init_request\n 3 ms worker worker_init_response runtime=node status=Failure exception="no module named app"',
    "init: The node worker w1 never became ready: it answered WorkerInit with Failure: no module named app. [no module named app]",
  ],
  [
    "a crash during init",
    "1 ms worker start_stream worker=w1\n 2 ms host worker_init_request\n 3 ms relay lost\n 3 ms event process-exited workerId=w1 code=7",
    "init: The worker w1 ended with exit code 7 before it had answered WorkerInit; it wrote nothing about it. []",
  ],
  [
    "an init without an answer",
    "1 s worker start_stream worker=w1\n 2 s host worker_init_request\n 14 s event relay-ended",
    "init: The worker w1 has not answered WorkerInit for 12 s; by default the host waits 10 s. []",
  ],
  [
    "a process that never connects",
    '0 ms event process-spawned workerId=w1\n 5 ms event process-output workerId=w1 stream=stderr text="no such file"\n 9 ms event process-exited workerId=w1 code=2',
    "start: Worker w1 never reached the host: its process ended with exit code 2, 9 ms after it was started. [no such file]",
  ],
  [
    "an unknown id",
    "1 ms worker start_stream worker=w1\n 2 ms host end grpc=0",
    'start: The host does not know the worker id "w1", so it ended the call with OK right after StartStream. []',
  ],
  [
    "functions that all fail to load",
    NODE.replace(
      "function_load_response  function=hello",
      "function_load_response  function=hello status=Failure exception=boom",
    ),
    "load: The node worker w1 never became ready: not one of its functions could be loaded: boom. [boom]",
  ],
])("the verdict on %s", (_, table, expected) => {
  expect(verdictOn(table)).toEqual([expected]);
});

test("a worker that lives, and one that was stopped in order, get no verdict", () => {
  expect(verdictOn(NODE, REQUEST)).toEqual([]);
  expect(verdictOn(SPAWNED, NODE, STOPPED)).toEqual([]);
  expect(verdictOn(NODE, "30 ms relay lost\n 30 ms event relay-ended")).toEqual([]);
});

test("an orderly stop is told as one behind any number of events, and what is left out is stated", () => {
  const probes = Array.from(
    { length: 6000 },
    (_, n) => `${20 + n} ms event upstream-failed address=127.0.0.1:1 code=X`,
  );
  const stop = "7 s relay lost\n 7 s event relay-ended";
  const { problems } = problemsIn(NODE, probes.join("\n"), stop);
  const rules = problems.map(({ rule }) => rule);
  expect(rules).not.toContain("connection-lost");
  expect(problems.find(({ rule }) => rule === "events-left-out")).toMatchObject({
    severity: "info",
    title: 'Of 6000 events "upstream-failed" only the newest 1000 are looked at',
    // Of the first that is looked at.
    at: (20 + 5000) * 1e6,
  });
  expect(problems.find(({ rule }) => rule === "upstream-unreachable")).toMatchObject({ count: 1000 });
});
