/** What a worker's last words name as the cause. */
import {
  AFTER_INIT,
  busyExited,
  initExited,
  MISSING_MODULE,
  TYPE_ERROR,
  unconnected,
  type VerdictScenes,
} from "./scenes.ts";

const NO_MACHINE = [
  "Error: Could not create the Java Virtual Machine.",
  "Error: A fatal exception has occurred. Program will exit.",
];
const IO_ERROR = ["/app/a.js:1", "  ^", "", "IOError: no disk"];

export const CAUSES: readonly VerdictScenes[] = [
  {
    name: "a missing module",
    kind: "exit-code",
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
    name: "a Python module that is not there",
    kind: "exit-code",
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
    name: "a runtime of the wrong version",
    kind: "never-connected",
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
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started: Java cannot load the class Boom.",
    ],
    missing: [
      unconnected("code=1"),
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started; it wrote nothing about it.",
    ],
    advice: /JDK 21/u,
  },
  {
    name: "a native module for another runtime",
    kind: "exit-code",
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
    name: "a port that is taken",
    kind: "exit-code",
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
    name: "a proxy in the way of gRPC",
    kind: "never-connected",
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
    name: "an uncaught exception",
    kind: "exit-code",
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
    name: "no memory, as the runtime says",
    kind: "crashed",
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
    name: "options that Java refuses",
    kind: "never-connected",
    isTrue: [
      unconnected("code=1", "Invalid maximum heap size: -Xmx2q", ...NO_MACHINE),
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started: its runtime refused its options (Invalid maximum heap size: -Xmx2q).",
    ],
    other: [
      unconnected("code=1", "Unrecognized option: -Xfoo", ...NO_MACHINE),
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started: its runtime does not take the option -Xfoo.",
    ],
    missing: [
      unconnected("code=1", ...NO_MACHINE),
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started: its runtime refused its options.",
    ],
    quote: "Invalid maximum heap size: -Xmx2q\nError: Could not create the Java Virtual Machine.",
    advice: /-Xmx/u,
  },
  {
    name: "an error that a signal came behind",
    kind: "crashed",
    isTrue: [
      busyExited("signal=SIGSEGV", ...IO_ERROR),
      "The node worker w1 crashed with SIGSEGV while 1 invocation was in flight (hello), after it had written an IOError.",
    ],
    other: [
      busyExited("signal=SIGABRT", ...IO_ERROR),
      "The node worker w1 crashed with SIGABRT while 1 invocation was in flight (hello): an uncaught IOError.",
    ],
    missing: [
      busyExited("signal=SIGSEGV"),
      "The node worker w1 crashed with SIGSEGV while 1 invocation was in flight (hello); it wrote nothing about it.",
    ],
    advice: /native/u,
  },
];
