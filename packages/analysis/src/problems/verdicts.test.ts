/**
 * Statement and evidence: each verdict in a scene in which it is true, in one that looks the same on the surface and has
 * another cause, and in one in which the evidence is missing. The sentence differs in each.
 */
import type { Verdict } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import { NODE, problemsIn } from "../../testing/problems-in.ts";

const SPAWNED = "0 ms event process-spawned workerId=w1 pid=7";
const REQUEST = "20 ms host invocation_request id=i1 function=hello";
const STARTED = `
  1 ms  worker  start_stream         worker=w1
  2 ms  host    worker_init_request`;

/** A Node.js worker that runs, and ends 20 ms later. */
const exited = (how: string, ...output: readonly string[]): string =>
  [
    SPAWNED,
    NODE,
    ...written("25 ms", output),
    "30 ms relay lost",
    `30 ms event process-exited workerId=w1 ${how}`,
  ].join("\n");
/** The same with an invocation in flight. */
const busyExited = (how: string, ...output: readonly string[]): string => `${exited(how, ...output)}\n${REQUEST}`;
/** A worker that ends before it has answered WorkerInit. */
const initExited = (how: string, ...output: readonly string[]): string =>
  [
    SPAWNED,
    STARTED,
    ...written("5 ms", output),
    "9 ms relay lost",
    `9 ms event process-exited workerId=w1 ${how}`,
  ].join("\n");
/** A process that never connects. */
const unconnected = (how: string, ...output: readonly string[]): string =>
  [SPAWNED, ...written("5 ms", output), `9 ms event process-exited workerId=w1 ${how}`].join("\n");

function written(at: string, lines: readonly string[]): string[] {
  return lines.map((line) => `${at} event process-output workerId=w1 stream=stderr text=${JSON.stringify(line)}`);
}

/** Lists functions at 6 ms, after some output. */
const listed = (answer: string, ...output: readonly string[]): string => `
  ${SPAWNED}
  1 ms  worker  start_stream                worker=w1
  2 ms  host    worker_init_request
  ${written("3 ms", output).join("\n")}
  4 ms  worker  worker_init_response        runtime=node
  5 ms  host    functions_metadata_request
  6 ms  worker  function_metadata_response  ${answer}
  8 s   host    worker_status_request       request=r1
  8 s   worker  worker_status_response      request=r1`;

/** A placeholder's worker that refuses the app's environment. */
const RELOAD = `${STARTED}
  4 ms   worker  worker_init_response                 runtime=node
  20 ms  host    function_environment_reload_request
  30 ms  worker  function_environment_reload_response  status=Failure exception="wrong app"`;

/** As the official Node.js worker logs it. */
const NO_MAIN =
  '\n4 ms worker rpc_log level=Warning category=System text="Worker was unable to load entry point \\"dist/*.js\\": Found zero files matching the supplied pattern"';

type Row = {
  readonly verdict: string;
  readonly isTrue: readonly [table: string, sentence: string | undefined];
  readonly other: readonly [table: string, sentence: string | undefined];
  readonly missing: readonly [table: string, sentence: string | undefined];
  readonly quote?: string;
  readonly advice: RegExp;
};

const AFTER_INIT = "before it had answered WorkerInit";
const MISSING_MODULE = ["Error: Cannot find module 'express'", "    at Module._resolveFilename (node:internal/x:1:1)"];
const TYPE_ERROR = ["/app/a.js:1", "  ^", "", "TypeError: x is not a function", "    at f (/app/src/a.js:1:2)"];

const ROWS: readonly Row[] = [
  {
    verdict: "a missing module",
    isTrue: [
      initExited("code=1", ...MISSING_MODULE),
      `The worker w1 ended with exit code 1 ${AFTER_INIT}: the package express is not installed.`,
    ],
    other: [
      initExited("code=1", ...TYPE_ERROR),
      `The worker w1 ended with exit code 1 ${AFTER_INIT}: an uncaught TypeError.`,
    ],
    missing: [initExited("code=1"), `The worker w1 ended with exit code 1 ${AFTER_INIT}; it wrote nothing about it.`],
    quote: MISSING_MODULE.join("\n"),
    advice: /npm install/u,
  },
  {
    verdict: "a signal before it connected",
    isTrue: [
      `${unconnected("signal=SIGKILL", ...MISSING_MODULE)}\n60 s event relay-ended`,
      "Worker w1 never reached the host: it was ended by SIGKILL, 9 ms after it was started, by its host, by hand or by the system: nothing recorded says which.",
    ],
    other: [
      unconnected("code=1", ...MISSING_MODULE),
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started: the package express is not installed.",
    ],
    // Its run was stopped: nothing is to be said.
    missing: [`${unconnected("signal=SIGKILL", ...MISSING_MODULE)}\n1 s event relay-ended`, undefined],
    advice: /the host's log/u,
  },
  {
    verdict: "a Python module that is not there",
    isTrue: [
      initExited(
        "code=1",
        "Traceback (most recent call last):",
        '  File "/app/function_app.py", line 1, in <module>',
        "ModuleNotFoundError: No module named 'requests'",
      ),
      `The worker w1 ended with exit code 1 ${AFTER_INIT}: there is no Python module named requests.`,
    ],
    other: [
      initExited("code=1", "ImportError: cannot import name 'nope' from 'os'"),
      `The worker w1 ended with exit code 1 ${AFTER_INIT}: cannot import name 'nope' from 'os'.`,
    ],
    missing: [initExited("code=1", "starting"), `The worker w1 ended with exit code 1 ${AFTER_INIT}.`],
    advice: /requirements\.txt/u,
  },
  {
    verdict: "a runtime of the wrong version",
    isTrue: [
      unconnected(
        "code=1",
        "Error: LinkageError occurred while loading main class Boom",
        "\tjava.lang.UnsupportedClassVersionError: Boom has been compiled by a more recent version of the Java Runtime (class file version 65.0), this version of the Java Runtime only recognizes class file versions up to 61.0",
      ),
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started: its classes need Java 21, and the worker runs on Java 17.",
    ],
    other: [
      unconnected("code=1", "Error: Could not find or load main class Boom"),
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started: Java cannot find the class Boom.",
    ],
    missing: [
      unconnected("code=1"),
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started; it wrote nothing about it.",
    ],
    advice: /JDK 21/u,
  },
  {
    verdict: "a native module for another runtime",
    isTrue: [
      initExited("code=1", "ImportError: cannot import name 'cygrpc' from 'grpc._cython'"),
      `The worker w1 ended with exit code 1 ${AFTER_INIT}: a native module was built for another version of Python.`,
    ],
    other: [
      initExited("code=1", "ImportError: libfoo.so.1: cannot open shared object file: No such file or directory"),
      `The worker w1 ended with exit code 1 ${AFTER_INIT}: the system library libfoo.so.1 is not installed.`,
    ],
    missing: [initExited("code=1"), `The worker w1 ended with exit code 1 ${AFTER_INIT}; it wrote nothing about it.`],
    advice: /python that starts the worker/u,
  },
  {
    verdict: "a port that is taken",
    isTrue: [
      initExited(
        "code=1",
        "Error: listen EADDRINUSE: address already in use :::45871",
        "    at Server.listen (node:net:1:1)",
      ),
      `The worker w1 ended with exit code 1 ${AFTER_INIT}: the port 45871 is in use.`,
    ],
    other: [
      initExited("code=1", "Error: connect ECONNREFUSED 127.0.0.1:5432", "    at x (node:net:1:1)"),
      `The worker w1 ended with exit code 1 ${AFTER_INIT}: nothing listened on 127.0.0.1:5432.`,
    ],
    missing: [initExited("code=1", "listening"), `The worker w1 ended with exit code 1 ${AFTER_INIT}.`],
    advice: /ss -ltnp/u,
  },
  {
    verdict: "a proxy in the way of gRPC",
    isTrue: [
      unconnected("code=1").replace("pid=7", 'pid=7 variables={"http_proxy":"http://proxy:3128"}'),
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started: http_proxy is set and no_proxy does not name 127.0.0.1, so its gRPC library may have asked the proxy for the host.",
    ],
    other: [
      unconnected("code=1", "HTTP proxy returned response code 403").replace(
        "pid=7",
        'pid=7 variables={"http_proxy":"http://proxy:3128"}',
      ),
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started: its gRPC connection went to an HTTP proxy.",
    ],
    missing: [
      unconnected("code=1").replace(
        "pid=7",
        'pid=7 variables={"http_proxy":"http://proxy:3128","no_proxy":"localhost,127.0.0.1"}',
      ),
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started; it wrote nothing about it.",
    ],
    advice: /NO_PROXY=127\.0\.0\.1/u,
  },
  {
    verdict: "no memory, as the runtime says",
    isTrue: [
      busyExited(
        "signal=SIGABRT",
        "<--- Last few GCs --->",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        " 1: 0xb78db3 node::OOMErrorHandler",
      ),
      "The node worker w1 crashed with SIGABRT while 1 invocation was in flight (hello): it ran out of memory.",
    ],
    other: [
      busyExited("code=134", "FATAL ERROR: v8::FromJust Maybe value is Nothing."),
      "The node worker w1 crashed with SIGABRT (exit code 134) while 1 invocation was in flight (hello): a fatal error of its runtime.",
    ],
    missing: [
      busyExited("signal=SIGABRT"),
      "The node worker w1 crashed with SIGABRT while 1 invocation was in flight (hello); it wrote nothing about it.",
    ],
    quote:
      "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n 1: 0xb78db3 node::OOMErrorHandler",
    advice: /--max-old-space-size/u,
  },
  {
    verdict: "a kill from outside",
    isTrue: [
      busyExited("code=137"),
      "The node worker w1 was killed by SIGKILL (exit code 137) while 1 invocation was in flight (hello), by its host, by hand or by the system for lack of memory: nothing recorded says which.",
    ],
    other: [
      busyExited("signal=SIGKILL", "java.lang.OutOfMemoryError: Java heap space"),
      "The node worker w1 was killed by SIGKILL while 1 invocation was in flight (hello): it ran out of memory.",
    ],
    missing: [exited("signal=SIGKILL"), undefined],
    advice: /OOMKilled/u,
  },
  {
    verdict: "an uncaught exception",
    isTrue: [
      busyExited("code=1", ...TYPE_ERROR),
      "The node worker w1 ended with exit code 1 while 1 invocation was in flight (hello): an uncaught TypeError.",
    ],
    other: [
      busyExited("code=1", "TypeError: x is not a function", "    at f (/app/src/a.js:1:2)"),
      "The node worker w1 ended with exit code 1 while 1 invocation was in flight (hello), after it had written a TypeError.",
    ],
    missing: [
      busyExited("code=1"),
      "The node worker w1 ended with exit code 1 while 1 invocation was in flight (hello); it wrote nothing about it.",
    ],
    quote: "TypeError: x is not a function\n    at f (/app/src/a.js:1:2)",
    advice: /names app\/src\/a\.js:1/u,
  },
  {
    verdict: "exit code 0 with work in flight",
    isTrue: [
      busyExited("code=0"),
      "The node worker w1 exited with code 0 while 1 invocation was in flight (hello); after code 0 the host starts no other one.",
    ],
    other: [`${busyExited("code=0")}\n28 ms host worker_terminate`, undefined],
    missing: [
      busyExited("code=0").replace("process-exited workerId=w1", "process-exited workerId=w9"),
      "The connection of the node worker w1 closed while 1 invocation was in flight (hello).",
    ],
    advice: /process\.exit\(\)/u,
  },
  {
    verdict: "a function that ran for too long",
    isTrue: [
      `${busyExited("signal=SIGKILL")}\n29 ms event host-timed-out step=invocation workerId=w1 functionName=hello limit=3000`,
      "The host ended the node worker: hello ran longer than functionTimeout (3 s).",
    ],
    other: [
      busyExited("signal=SIGKILL").replace("pid=7", 'pid=7 limits={"invocation":8}'),
      "The node worker w1 was killed by SIGKILL after hello had run for 10 ms, longer than functionTimeout (8 ms): hosts end workers so.",
    ],
    missing: [
      busyExited("signal=SIGKILL").replace("pid=7", 'pid=7 limits={"invocation":3000}'),
      "The node worker w1 was killed by SIGKILL while 1 invocation was in flight (hello), by its host, by hand or by the system for lack of memory: nothing recorded says which.",
    ],
    advice: /functionTimeout in host\.json/u,
  },
  {
    verdict: "a worker that its host ended in its start-up",
    isTrue: [
      `${initExited("signal=SIGKILL endedByHost=failed")}\n8 ms event host-timed-out step=init workerId=w1 limit=10000`,
      "The host ended the worker w1: it had not answered WorkerInit within 10 s.",
    ],
    other: [
      `${initExited("signal=SIGKILL endedByHost=failed")}\n9 ms event host-worker-failed workerId=w1 reason="no init"`,
      'The host ended the worker w1: "no init".',
    ],
    missing: [
      initExited("signal=SIGKILL"),
      `The worker w1 was killed by SIGKILL ${AFTER_INIT}, by its host, by hand or by the system for lack of memory: nothing recorded says which.`,
    ],
    advice: /what the worker did meanwhile/u,
  },
  {
    verdict: "an orderly stop",
    isTrue: [exited("code=143"), undefined],
    other: [
      busyExited("code=143"),
      "The node worker w1 was ended by SIGTERM (exit code 143) while 1 invocation was in flight (hello); it wrote nothing about it.",
    ],
    missing: [
      initExited("code=143"),
      `The worker w1 was ended by SIGTERM (exit code 143) ${AFTER_INIT}; it wrote nothing about it.`,
    ],
    advice: /not idle/u,
  },
  {
    verdict: "a failure behind worker_terminate",
    isTrue: [
      `${exited("code=1")}\n28 ms host worker_terminate`,
      "The node worker w1 ended with exit code 1 2 ms after the host had asked it to terminate; it wrote nothing about it.",
    ],
    other: [`${exited("code=143")}\n28 ms host worker_terminate`, undefined],
    missing: [
      exited("code=1"),
      "The node worker w1 ended with exit code 1 while nothing was in flight; it wrote nothing about it.",
    ],
    advice: /appTerminate/u,
  },
  {
    verdict: "an executable that is not there",
    isTrue: [
      '1 ms event process-exited workerId=w1 failure="there is no command python (defaultExecutablePath in worker.config.json)"',
      "Worker w1 could not be started: there is no command python (defaultExecutablePath in worker.config.json).",
    ],
    other: [
      unconnected("code=127", "sh: 1: python: not found"),
      "Worker w1 never reached the host: its process ended with exit code 127, 9 ms after it was started.",
    ],
    missing: [
      "1 ms event process-exited workerId=w1",
      "Worker w1 never reached the host: its process ended with no exit code; it wrote nothing about it.",
    ],
    advice: /defaultExecutablePath/u,
  },
  {
    verdict: "a reset in the middle of a message",
    isTrue: [
      `${NODE}\n25 ms worker rpc_log text="half a" truncated=true\n30 ms host reset code=8`,
      "The host cancelled the call of the node worker w1 in the middle of rpc_log, of which 12 bytes of 12 bytes had come.",
    ],
    other: [
      `${NODE}\n${REQUEST}\n30 ms host reset code=8`,
      "The host cancelled the call of the node worker w1 while 1 invocation was in flight (hello).",
    ],
    missing: [
      `${NODE}\n25 ms worker rpc_log text="half a" truncated=true\n26 ms event gap reason=full\n30 ms host reset code=8`,
      "The host cancelled the call of the node worker w1 while nothing was in flight, as far as was recorded.",
    ],
    advice: /too large/u,
  },
  {
    verdict: "no functions at all",
    isTrue: [
      listed('json={"useDefaultMetadataIndexing":true}', ...MISSING_MODULE),
      "The host has no functions: the node worker listed none and there is no function.json: the package express is not installed.",
    ],
    other: [
      `${listed('json={"useDefaultMetadataIndexing":true}')}\n7 ms host function_load_request function=hello\n9 ms worker function_load_response function=hello`,
      undefined,
    ],
    missing: [
      listed('json={"useDefaultMetadataIndexing":true}'),
      "The host has no functions: the node worker listed none and there is no function.json; it wrote nothing about it.",
    ],
    quote: MISSING_MODULE.join("\n"),
    advice: /npm install/u,
  },
  {
    verdict: "a main that names no file",
    isTrue: [
      listed('json={"useDefaultMetadataIndexing":true}').replace(/(?=\n.*worker_init_response)/u, NO_MAIN),
      'The host has no functions: the node worker listed none and there is no function.json: "main" in package.json (dist/*.js) names no file.',
    ],
    other: [
      listed('status=Failure exception="No file matches \\"main\\" in package.json: \\"src/*.js\\""'),
      'The node worker w1 never became ready: it could not list its functions: "main" in package.json (src/*.js) names no file.',
    ],
    missing: [
      listed('json={"useDefaultMetadataIndexing":true}').replace(SPAWNED, ""),
      "The host has no functions: the node worker listed none and there is no function.json.",
    ],
    advice: /npm run build/u,
  },
  {
    verdict: "an app whose dependencies are not installed",
    isTrue: [
      listed('json={"useDefaultMetadataIndexing":true}').replace("pid=7", 'pid=7 missing=["node_modules"]'),
      "The host has no functions: the node worker listed none and there is no function.json: the app names dependencies and has no node_modules.",
    ],
    other: [
      listed('json={"useDefaultMetadataIndexing":true}', "SyntaxError: Unexpected token").replace(
        "pid=7",
        'pid=7 missing=["node_modules"]',
      ),
      "The host has no functions: the node worker listed none and there is no function.json: a file of the app cannot be parsed (SyntaxError).",
    ],
    missing: [
      listed('json={"useDefaultMetadataIndexing":true}', "starting"),
      "The host has no functions: the node worker listed none and there is no function.json.",
    ],
    advice: /npm install/u,
  },
  {
    verdict: "an app without folders for functions",
    isTrue: [
      `${SPAWNED}\n${STARTED}\n4 ms worker worker_init_response runtime=python\n5 ms event host-indexed count=0`,
      "The host has no functions: the python worker lists none itself, and there is no function.json.",
    ],
    other: [
      `${SPAWNED}\n${STARTED}\n4 ms worker worker_init_response runtime=python\n5 ms event host-indexed count=0 rejected=[{"name":"hello","reason":"no trigger"}]`,
      "The host has no functions: the python worker lists none itself, and it accepted none that there is.",
    ],
    missing: [
      `${SPAWNED}\n${STARTED}\n4 ms worker worker_init_response runtime=python\n60 s event relay-ended`,
      undefined,
    ],
    advice: /function_app\.py/u,
  },
  {
    verdict: "functions that the host leaves out",
    isTrue: [
      `${listed('json={"functionMetadataResults":[{"name":"hello"}]}')}\n7 ms event host-indexed count=0 rejected=[{"name":"hello","reason":"no trigger"}]`,
      "The host has no functions: the node worker listed 1 (hello), and none was loaded.",
    ],
    other: [
      listed("status=Failure exception=\"Cannot find package 'pg' imported from /app/x.mjs\""),
      "The node worker w1 never became ready: it could not list its functions: the package pg is not installed.",
    ],
    missing: [`${listed('json={"functionMetadataResults":[{"name":"hello"}]}')}\n7 s event gap reason=full`, undefined],
    quote: "hello: no trigger",
    advice: /Disabled/u,
  },
  {
    verdict: "a failed init",
    isTrue: [
      `${STARTED}\n3 ms worker worker_init_response runtime=node status=Failure exception="Incompatible Node.js version (v12)"`,
      "The node worker w1 never became ready: it answered WorkerInit with Failure: it needs another version of Node.js.",
    ],
    other: [
      `${STARTED}\n3 ms worker worker_init_response runtime=node status=Failure exception="no orders"`,
      "The node worker w1 never became ready: it answered WorkerInit with Failure.",
    ],
    missing: [`${STARTED}\n3 s host worker_status_request request=r1`, undefined],
    advice: /node --version/u,
  },
  {
    verdict: "a reload that fails",
    isTrue: [RELOAD, "The node worker w1 never became ready: it answered the environment reload with Failure."],
    other: [
      `${RELOAD}\n50 ms worker start_stream worker=w2 stream=2\n51 ms host worker_init_request stream=2\n52 ms worker worker_init_response runtime=node stream=2`,
      undefined,
    ],
    missing: [
      `${RELOAD}\n50 ms host invocation_request id=i1 function=hello\n51 ms worker invocation_response id=i1`,
      "The node worker w1 did not start as it should: it answered the environment reload with Failure.",
    ],
    advice: /new environment/u,
  },
  {
    verdict: "a step that its own host waits longer for",
    isTrue: [
      `${SPAWNED} limits={"init":12000}\n${STARTED}\n14 s event relay-ended`,
      "The worker w1 has not answered WorkerInit for 14 s; the host waits 12 s; it wrote nothing about it.",
    ],
    other: [`${SPAWNED} limits={"init":20000}\n${STARTED}\n14 s event relay-ended`, undefined],
    missing: [
      `${SPAWNED}\n${STARTED}\n14 s event relay-ended`,
      "The worker w1 has not answered WorkerInit for 14 s; by default the host waits 10 s; it wrote nothing about it.",
    ],
    advice: /initializationTimeout/u,
  },
  {
    verdict: "a step without an answer",
    isTrue: [
      `${STARTED}\n14 s event relay-ended`,
      "The worker w1 has not answered WorkerInit for 14 s; by default the host waits 10 s.",
    ],
    other: [`${STARTED}\n3 s worker worker_init_response runtime=node\n14 s event relay-ended`, undefined],
    missing: [`${STARTED}\n3 s event gap reason=full\n14 s event relay-ended`, undefined],
    advice: /initializationTimeout/u,
  },
];

function verdictIn(table: string): Verdict | undefined {
  return problemsIn(table).verdicts[0];
}

describe("a verdict follows its evidence", () => {
  test.each(ROWS)("$verdict", ({ isTrue, other, missing, quote, advice }) => {
    const scenes = [isTrue, other, missing];
    const found = scenes.map(([table]) => verdictIn(table));
    expect(found.map((one) => one?.sentence)).toEqual(scenes.map(([, sentence]) => sentence));
    expect(new Set(found.map((one) => one?.sentence)).size).toBeGreaterThan(1);
    const told = found.find((one) => one !== undefined);
    expect(told?.advice).toMatch(advice);
    if (quote !== undefined) {
      expect(told?.quote).toBe(quote);
    }
  });

  test("each has something to try, and none names a command that does not exist", () => {
    const verdicts = ROWS.flatMap(({ isTrue, other, missing }) => [isTrue, other, missing]).flatMap(
      ([table]) => verdictIn(table) ?? [],
    );
    expect(verdicts.length).toBeGreaterThan(ROWS.length);
    for (const { advice } of verdicts) {
      expect(advice).toMatch(/^[A-Z].*\.$/su);
    }
  });
});

describe("a quote", () => {
  const quoteIn = (table: string): string | undefined => verdictIn(table)?.quote;

  test("is of the end, not of a warning long before", () => {
    const early =
      '1 ms event process-output workerId=w1 stream=stderr text="Error: a cache is cold, which does no harm"';
    const crash = (at: string): string =>
      `${SPAWNED}\n${early}\n${NODE}\n${at} relay lost\n${at} event process-exited workerId=w1 code=1`;
    expect(quoteIn(crash("17 s"))).toBeUndefined();
    expect(quoteIn(crash("2 s"))).toBe("Error: a cache is cold, which does no harm");
    const busy = `${crash("17 s")}\n20 ms host invocation_request id=i1 function=hello`;
    expect(quoteIn(busy)).toBeUndefined();
  });

  test("is the last log of what was in flight where nothing was written", () => {
    const logs = '21 ms worker rpc_log id=i1 text="reading"\n22 ms worker rpc_log id=i1 text="writing order 7"';
    expect(quoteIn(`${busyExited("code=1")}\n${logs}`)).toBe("writing order 7");
    expect(quoteIn(`${busyExited("code=1", "last words")}\n${logs}`)).toBe("last words");
  });

  test("is the worker's own error log where a step fails without a reason", () => {
    const log = '3 ms worker rpc_log text="Worker was unable to load entry point" level=Error category=System';
    const table = `${STARTED}\n${log}\n4 ms worker worker_init_response status=Failure`;
    expect(quoteIn(table)).toBe("Worker was unable to load entry point");
  });
});
