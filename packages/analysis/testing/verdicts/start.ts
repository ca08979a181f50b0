/** Workers that never become ready. */
import { NODE } from "../problems-in.ts";
import { GAP, listed, RELOAD, SPAWNED, STARTED, type VerdictScenes } from "./scenes.ts";

const INITIALISED = `${STARTED}
  3 ms  worker  worker_init_response  runtime=node`;

const UNLOADED = 'Error: Worker was unable to load entry point "src/index.js": ORDERS_DB is not set';
/** While functions are listed. */
const wrote = (text: string): string =>
  `5 ms event process-output workerId=w1 stream=stderr text=${JSON.stringify(text)}`;

export const START: readonly VerdictScenes[] = [
  {
    name: "a worker id that the host does not know",
    kind: "unknown-worker-id",
    isTrue: [
      "1 ms worker start_stream worker=w9\n 2 ms host end grpc=0",
      'The host does not know the worker id "w9", so it ended the call with OK right after StartStream.',
    ],
    other: [
      `${NODE}\n30 ms host end grpc=0`,
      "The call of the node worker w1 was ended with OK, which workers take for the end of their work, while nothing was in flight.",
    ],
    missing: [
      `1 ms worker start_stream worker=w9\n${GAP}\n20 ms host end grpc=0`,
      'The host ended the call with OK, as it does with a worker whose id ("w9") it does not know; what went before was not all recorded.',
    ],
    advice: /--functions-worker-id/u,
  },
  {
    name: "a log before StartStream",
    kind: "wrong-first-message",
    isTrue: [
      "0 ms worker opens\n1 ms worker rpc_log text=starting category=System\n2 ms host end grpc=0",
      "The worker began with rpc_log instead of start_stream, so the host did not take it on.",
    ],
    other: [
      "0 ms worker opens\n1 ms worker rpc_log text=starting category=System\n2 ms worker reset code=8",
      "The worker began with rpc_log instead of start_stream, and its call ended before the host had asked anything of it.",
    ],
    missing: [
      `0 ms worker opens\n${GAP}\n20 ms worker rpc_log text=starting category=System\n22 ms host end grpc=0`,
      "The call of the worker was ended with OK, which workers take for the end of their work, before the host had asked it to initialise, as far as was recorded.",
    ],
    advice: /start_stream/u,
  },
  {
    name: "a failed init",
    kind: "failed-init",
    isTrue: [
      `${STARTED}\n3 ms worker worker_init_response runtime=node status=Failure exception="Incompatible Node.js version (v12)"`,
      "The node worker w1 never became ready: it answered WorkerInit with Failure: it needs another version of Node.js.",
    ],
    other: [
      `${STARTED}\n3 ms worker worker_init_response runtime=node status=Failure exception="no orders"`,
      "The node worker w1 never became ready: it answered WorkerInit with Failure: no orders.",
    ],
    missing: [`${STARTED}\n3 s host worker_status_request request=r1`, undefined],
    advice: /node --version/u,
  },
  {
    name: "a reload that fails",
    kind: "failed-reload",
    isTrue: [
      RELOAD,
      "The node worker w1 never became ready: it answered the environment reload with Failure: wrong app.",
    ],
    other: [
      `${RELOAD}\n50 ms worker start_stream worker=w2 stream=2\n51 ms host worker_init_request stream=2\n52 ms worker worker_init_response runtime=node stream=2`,
      undefined,
    ],
    missing: [
      `${RELOAD}\n50 ms host invocation_request id=i1 function=hello\n51 ms worker invocation_response id=i1`,
      "The node worker w1 did not start as it should: it answered the environment reload with Failure: wrong app.",
    ],
    advice: /new environment/u,
  },
  {
    name: "functions that cannot be listed",
    kind: "failed-index",
    isTrue: [
      listed('status=Failure exception="no orders"'),
      "The node worker w1 never became ready: it could not list its functions: no orders.",
    ],
    other: [
      listed("status=Failure exception=\"Cannot find package 'pg' imported from /app/x.mjs\""),
      "The node worker w1 never became ready: it could not list its functions: the package pg is not installed.",
    ],
    missing: [listed("status=Failure"), "The node worker w1 never became ready: it could not list its functions."],
    quote: "no orders",
    advice: /imported or its functions registered/u,
  },
  {
    name: "an entry point that throws",
    kind: "failed-index",
    isTrue: [
      listed(
        'status=Failure exception="Worker was unable to load entry point \\"src/index.js\\": ORDERS_DB is not set"',
      ),
      "The node worker w1 never became ready: it could not list its functions: it failed to load src/index.js: ORDERS_DB is not set.",
    ],
    other: [
      listed('status=Failure exception="ORDERS_DB is not set"'),
      "The node worker w1 never became ready: it could not list its functions: ORDERS_DB is not set.",
    ],
    missing: [
      listed("status=Failure", "ORDERS_DB"),
      "The node worker w1 never became ready: it could not list its functions.",
    ],
    advice: /what the quote names/u,
  },
  {
    name: "an entry point that throws, told on stderr only",
    kind: "failed-index",
    isTrue: [
      `${listed("status=Failure")}\n${wrote(UNLOADED)}`,
      "The node worker w1 never became ready: it could not list its functions: it failed to load src/index.js: ORDERS_DB is not set.",
    ],
    other: [
      `${listed("status=Failure")}\n${wrote("Error: no orders")}`,
      'The node worker w1 never became ready: it could not list its functions; it had written "Error: no orders".',
    ],
    missing: [
      listed("status=Failure", UNLOADED),
      "The node worker w1 never became ready: it could not list its functions.",
    ],
    quote: UNLOADED,
    advice: /what the quote names/u,
  },
  {
    name: "functions that cannot be loaded",
    kind: "failed-load",
    isTrue: [
      `${NODE} status=Failure exception=broken`,
      "The node worker w1 never became ready: not one of its functions could be loaded: broken.",
    ],
    other: [
      `${NODE} status=Failure exception=broken\n10 ms host function_load_request function=two\n11 ms worker function_load_response function=two status=Failure exception=other`,
      "The node worker w1 never became ready: not one of its functions could be loaded; the first: broken.",
    ],
    missing: [
      `${NODE} status=Failure`,
      "The node worker w1 never became ready: not one of its functions could be loaded.",
    ],
    quote: "broken",
    advice: /what the quote names/u,
  },
  {
    name: "a step that its own host waits longer for",
    kind: "overdue-init",
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
    name: "a step without an answer",
    kind: "overdue-init",
    isTrue: [
      `${STARTED}\n14 s event relay-ended`,
      "The worker w1 has not answered WorkerInit for 14 s; by default the host waits 10 s.",
    ],
    other: [`${STARTED}\n3 s worker worker_init_response runtime=node\n14 s event relay-ended`, undefined],
    missing: [`${STARTED}\n3 s event gap reason=full\n14 s event relay-ended`, undefined],
    advice: /initializationTimeout/u,
  },
  {
    name: "an environment reload without an answer",
    kind: "overdue-reload",
    isTrue: [
      `${INITIALISED}\n20 ms host function_environment_reload_request\n3 min event relay-ended`,
      "The node worker w1 has not answered the environment reload for 3 min; by default the host waits 2 min.",
    ],
    other: [
      `${INITIALISED}\n20 ms host function_environment_reload_request\n40 s worker rpc_log text=hi category=System\n41 s worker lost`,
      "The connection of the node worker w1 closed before it had answered the environment reload.",
    ],
    missing: [
      `${INITIALISED}\n20 ms host function_environment_reload_request\n30 ms event gap reason=full\n3 min event relay-ended`,
      undefined,
    ],
    advice: /environmentReloadTimeout/u,
  },
  {
    name: "a request for functions without an answer",
    kind: "overdue-index",
    isTrue: [
      `${INITIALISED}\n5 ms host functions_metadata_request\n40 min event relay-ended`,
      "The node worker w1 has not answered the request for its functions for 40 min; by default the host waits 30 min.",
    ],
    other: [
      `${INITIALISED}\n5 ms host functions_metadata_request\n9 ms host function_load_request function=hello\n10 ms worker function_load_response function=hello\n40 min event relay-ended`,
      undefined,
    ],
    missing: [
      `${SPAWNED} limits={"index":6000000}\n${INITIALISED}\n5 ms host functions_metadata_request\n40 min event relay-ended`,
      undefined,
    ],
    advice: /endless loop/u,
  },
  {
    name: "a function that does not load",
    kind: "overdue-load",
    isTrue: [
      `${INITIALISED}\n5 ms host function_load_request function=hello\n40 min event relay-ended`,
      "The node worker w1 has not answered the loading of a function for 40 min; by default the host waits 30 min.",
    ],
    other: [
      `${INITIALISED}\n5 ms host function_load_request function=hello\n20 ms host invocation_request id=i1 function=hello\n21 ms worker invocation_response id=i1\n40 min event relay-ended`,
      undefined,
    ],
    missing: [
      `${INITIALISED}\n5 ms host function_load_request function=hello\n9 ms event gap reason=full\n40 min event relay-ended`,
      undefined,
    ],
    advice: /endless loop/u,
  },
];
