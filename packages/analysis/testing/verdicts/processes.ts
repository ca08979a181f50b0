/** Ends of processes. */
import { NODE } from "../problems-in.ts";
import {
  AFTER_INIT,
  busyExited,
  exited,
  initExited,
  MISSING_MODULE,
  REQUEST,
  SPAWNED,
  TYPE_ERROR,
  unconnected,
  type VerdictScenes,
} from "./scenes.ts";

export const PROCESSES: readonly VerdictScenes[] = [
  {
    name: "an executable that is not there",
    kind: "not-started",
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
    name: "a signal before it connected",
    kind: "never-connected-killed",
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
    name: "a process that ends before it connects",
    kind: "never-connected",
    isTrue: [
      unconnected("code=1", ...TYPE_ERROR),
      "Worker w1 never reached the host: its process ended with exit code 1, 9 ms after it was started: an uncaught TypeError.",
    ],
    other: [
      unconnected("signal=SIGSEGV", ...TYPE_ERROR),
      "Worker w1 never reached the host: its process ended with SIGSEGV, 9 ms after it was started, after it had written a TypeError.",
    ],
    missing: [`${unconnected("code=1", ...TYPE_ERROR)}\n1 ms worker start_stream worker=w2`, undefined],
    advice: /what the quote names/u,
  },
  {
    name: "a process that its host ends before it connects",
    kind: "never-connected-ended-by-host",
    isTrue: [
      `${unconnected("signal=SIGKILL endedByHost=failed")}\n8 ms event host-timed-out step=start-stream workerId=w1 limit=60000`,
      "Worker w1 never reached the host: the host ended its process, 9 ms after it was started: it had not sent StartStream within 60 s; it wrote nothing about it.",
    ],
    other: [
      `${unconnected("signal=SIGKILL endedByHost=failed")}\n8 ms event host-worker-failed workerId=w1 reason="its port is taken"`,
      'Worker w1 never reached the host: the host ended its process, 9 ms after it was started: "its port is taken"; it wrote nothing about it.',
    ],
    missing: [
      unconnected("signal=SIGKILL endedByHost=failed"),
      "Worker w1 never reached the host: the host ended its process, 9 ms after it was started: it could not be used; it wrote nothing about it.",
    ],
    advice: /by hand/u,
  },
  {
    name: "a kill from outside",
    kind: "killed",
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
    name: "a signal in the middle of work",
    kind: "signalled",
    isTrue: [
      busyExited("code=143"),
      "The node worker w1 was ended by SIGTERM (exit code 143) while 1 invocation was in flight (hello); it wrote nothing about it.",
    ],
    other: [exited("code=143"), undefined],
    missing: [
      busyExited("code=143").replace("exited workerId=w1", "exited workerId=w9"),
      "The connection of the node worker w1 closed while 1 invocation was in flight (hello).",
    ],
    advice: /not idle/u,
  },
  {
    name: "a crash of the runtime",
    kind: "crashed",
    isTrue: [
      busyExited("signal=SIGSEGV"),
      "The node worker w1 crashed with SIGSEGV while 1 invocation was in flight (hello); it wrote nothing about it.",
    ],
    other: [
      busyExited("code=139", "java.lang.OutOfMemoryError: Java heap space"),
      "The node worker w1 crashed with SIGSEGV (exit code 139) while 1 invocation was in flight (hello): it ran out of memory.",
    ],
    missing: [exited("signal=SIGSEGV").replace("30 ms event process-exited workerId=w1 signal=SIGSEGV", ""), undefined],
    advice: /native/u,
  },
  {
    name: "exit code 0 with work in flight",
    kind: "quiet-exit",
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
    name: "exit code 0 behind an OK of the host",
    kind: "quiet-exit-behind-ok",
    isTrue: [
      `${SPAWNED}\n${NODE}\n${REQUEST}\n30 ms host end grpc=0\n31 ms event process-exited workerId=w1 code=0`,
      "The node worker w1 exited with code 0 right after the host's side had ended the call with OK, while 1 invocation was in flight (hello); after code 0 the host starts no other one.",
    ],
    other: [
      `${SPAWNED}\n${NODE}\n${REQUEST}\n30 ms host end grpc=0\n9 s event process-exited workerId=w1 code=0`,
      "The call of the node worker w1 was ended with OK, which workers take for the end of their work, while 1 invocation was in flight (hello); its process ended with exit code 0 8.97 s later.",
    ],
    missing: [
      `${SPAWNED}\n${NODE}\n${REQUEST}\n30 ms host end grpc=0`,
      "The call of the node worker w1 was ended with OK, which workers take for the end of their work, while 1 invocation was in flight (hello).",
    ],
    advice: /error status/u,
  },
  {
    name: "a function that ran for too long",
    kind: "function-timeout",
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
    name: "a kill of a function that ran beyond what its host allows",
    kind: "overlong-function",
    isTrue: [
      busyExited("signal=SIGKILL").replace("pid=7", 'pid=7 limits={"invocation":8}'),
      "The node worker w1 was killed by SIGKILL after hello had run for 10 ms, longer than functionTimeout (8 ms): hosts end workers so.",
    ],
    other: [
      busyExited("signal=SIGSEGV").replace("pid=7", 'pid=7 limits={"invocation":8}'),
      "The node worker w1 crashed with SIGSEGV while 1 invocation was in flight (hello); it wrote nothing about it.",
    ],
    missing: [
      busyExited("signal=SIGKILL"),
      "The node worker w1 was killed by SIGKILL while 1 invocation was in flight (hello), by its host, by hand or by the system for lack of memory: nothing recorded says which.",
    ],
    advice: /functionTimeout in host\.json/u,
  },
  {
    name: "a worker that its host ended in its start-up",
    kind: "ended-by-host",
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
    name: "a failure behind worker_terminate",
    kind: "failed-stop",
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
];
