/** For every rule a scene in which it holds, one that looks alike and has another cause, and one that lacks the evidence. */

import { DOTNET, NODE } from "./problems-in.ts";

/** Tables of a scene, and what is done to its database afterwards. */
export type Scene = { readonly table: string; readonly sql?: string };

export type Statement = { readonly holds: Scene; readonly otherCause: Scene; readonly noEvidence: Scene };

const REQUEST = "20 ms host invocation_request id=i1 function=hello";
const ANSWER = "25 ms worker invocation_response id=i1";
const CANCEL = "22 ms host invocation_cancel id=i1";
/** Traffic that went by unrecorded while the scene's streams were open. */
const GAP = '15 ms event gap reason="disk full" bytes=10';
const CANCELLING = NODE.replace('{"WorkerStatus"', '{"HandlesInvocationCancelMessage":"true","WorkerStatus"');
const SPAWNED = "0 ms event process-spawned workerId=w1 pid=7";
const START = "1 ms worker start_stream worker=w1";
const CUT = "bytes hex=220c0a0269311201661a7f0a0161";
const JAVA = "1 ms worker start_stream worker=w1 agent=grpc-java-netty/1.60";

function scene(...tables: readonly string[]): Scene {
  return { table: tables.join("\n") };
}

function scenes(holds: Scene, otherCause: Scene, noEvidence: Scene): Statement {
  return { holds, otherCause, noEvidence };
}

function crashes(count: number, how: string): string {
  return Array.from(
    { length: count },
    (_, n) =>
      `${n} s event process-spawned workerId=c${n} pid=${n + 10}\n ${n}.5 s event process-exited workerId=c${n} ${how}`,
  ).join("\n");
}

function event(line: string): Scene {
  return scene(NODE, `20 ms event ${line}`);
}

const leg = (id: string, at: number): string =>
  `INSERT INTO http_leg (connection, invocation_id, method, target, request_at, request_headers)
   VALUES (1, ${id}, 'GET', '/api/hello', ${at}, '[]')`;

const LOOSE_LIMITS = 'limits={"start":1000,"init":5000}';

export const STATEMENTS: Readonly<Record<string, Statement>> = {
  "wrong-first-message": scenes(
    scene("0 ms worker opens\n 1 ms worker rpc_log text=starting category=System\n 2 ms host end grpc=0"),
    scene("1 ms worker start_stream worker=w9\n 2 ms host end grpc=0"),
    scene(`0 ms worker opens\n ${GAP}\n 20 ms worker rpc_log text=starting category=System\n 22 ms host end grpc=0`),
  ),
  "no-first-message": scenes(
    scene("0 ms worker opens\n 5 s worker lost"),
    scene("0 ms worker opens\n 5 s host end grpc=14 says=unreachable"),
    scene(`0 ms worker opens\n ${GAP}\n 5 s worker lost`),
  ),
  "unknown-worker-id": scenes(
    scene("1 ms worker start_stream worker=w9\n 2 ms host end grpc=0"),
    scene(NODE, "30 ms host end grpc=0"),
    scene(`1 ms worker start_stream worker=w9\n ${GAP}\n 20 ms host end grpc=0`),
  ),
  "never-started": scenes(
    scene(`${SPAWNED} ${LOOSE_LIMITS}\n 2 s event relay-ended`),
    scene(`${SPAWNED} ${LOOSE_LIMITS}\n 0.5 s event process-exited workerId=w1 code=1\n 2 s event relay-ended`),
    scene(`${SPAWNED}\n 70 s event relay-ended`),
  ),
  "named-encoding": scenes(
    scene(`${JAVA} encoding=identity\n 20 ms worker lost`),
    scene(`${JAVA}\n 20 ms worker lost`),
    scene(`${JAVA} encoding=identity\n ${GAP}\n 20 ms worker lost`),
  ),
  "missing-modules": scenes(
    scene(`${SPAWNED} missing=["node_modules"]\n ${START}\n 2 ms host worker_init_request`),
    scene(`${SPAWNED} missing=["node_modules"]`, NODE),
    scene(`${SPAWNED}\n ${START}\n 2 ms host worker_init_request`),
  ),
  "wrong-runtime": scenes(
    scene(`${SPAWNED} variables={"FUNCTIONS_WORKER_RUNTIME":"python"}`, NODE),
    scene(`${SPAWNED} variables={"FUNCTIONS_WORKER_RUNTIME":"node"}`, NODE),
    scene(SPAWNED, NODE),
  ),
  "late-step": scenes(
    scene(`${SPAWNED} ${LOOSE_LIMITS}\n ${START}\n 1 s host worker_init_request\n 13 s worker worker_init_response`),
    scene(
      `${SPAWNED} ${LOOSE_LIMITS}\n ${START}\n 1 s host worker_init_request\n 13 s worker worker_init_response`,
      "14 s host function_load_request function=f\n 14 s worker function_load_response function=f",
    ),
    scene(`${START}\n 1 s host worker_init_request\n 13 s worker worker_init_response`),
  ),
  "unanswered-step": scenes(
    scene(`${SPAWNED} ${LOOSE_LIMITS}\n ${START}\n 1 s host worker_init_request\n 20 s event relay-ended`),
    scene(`${SPAWNED} ${LOOSE_LIMITS}\n ${START}\n 1 s host worker_init_request\n 2 s worker lost`),
    scene(`${START}\n 1 s host worker_init_request\n 20 s event relay-ended`),
  ),
  "failed-result": scenes(
    scene(NODE, REQUEST, `${ANSWER} status=Failure exception=boom`),
    scene(CANCELLING, REQUEST, CANCEL, `${ANSWER} status=Failure exception=boom`),
    scene(NODE, REQUEST, `${ANSWER} status=none`),
  ),
  "failed-function": scenes(
    scene(
      NODE,
      '20 ms host functions_metadata_request\n 21 ms worker function_metadata_response json={"functionMetadataResults":[{"name":"f","status":{"status":"Failure","exception":{"message":"no trigger"}}}]}',
    ),
    scene(
      NODE,
      "20 ms host functions_metadata_request\n 21 ms worker function_metadata_response status=Failure exception=broken",
    ),
    scene(
      NODE,
      '20 ms host functions_metadata_request\n 21 ms worker function_metadata_response json={"functionMetadataResults":[{"name":"f","status":{"status":"Failure"}}]}',
    ),
  ),
  "failed-load-invoked": scenes(
    scene(`${NODE} status=Failure exception=broken`, REQUEST),
    scene(
      `${NODE} status=Failure exception=broken`,
      "10 ms host function_load_request function=hello\n 11 ms worker function_load_response function=hello",
      REQUEST,
    ),
    scene(NODE.slice(0, NODE.lastIndexOf("\n")), REQUEST),
  ),
  "never-loaded-invoked": scenes(
    scene(NODE, REQUEST.replace("hello", "other")),
    scene(NODE, "10 ms host function_load_request function=other", REQUEST.replace("hello", "other")),
    scene(NODE, GAP, REQUEST.replace("hello", "other")),
  ),
  "duplicate-function": scenes(
    scene(
      NODE,
      '20 ms host functions_metadata_request\n 21 ms worker function_metadata_response json={"functionMetadataResults":[{"name":"f","functionId":"1","scriptFile":"a.js"},{"name":"f","functionId":"2","scriptFile":"b.js"}]}',
    ),
    scene(
      NODE,
      '20 ms host functions_metadata_request\n 21 ms worker function_metadata_response json={"functionMetadataResults":[{"name":"f","functionId":"1"},{"name":"F","functionId":"2"}]}',
    ),
    scene(
      NODE,
      '20 ms host functions_metadata_request\n 21 ms worker function_metadata_response cut=4 json={"functionMetadataResults":[{"name":"f","functionId":"1"},{"name":"f","functionId":"2"}]}',
    ),
  ),
  "lost-invocation": scenes(
    scene(NODE, REQUEST, "30 ms relay lost"),
    scene(CANCELLING, REQUEST, CANCEL, "30 ms relay lost"),
    scene(NODE, GAP, REQUEST, "30 ms relay lost"),
  ),
  "extra-answer": scenes(
    scene(NODE, REQUEST, ANSWER, ANSWER),
    scene(NODE, REQUEST, ANSWER, REQUEST, ANSWER),
    scene(NODE, ANSWER, ANSWER),
  ),
  "unknown-answer": scenes(
    scene(NODE, ANSWER),
    scene(
      NODE,
      "10 ms worker start_stream worker=w2 stream=2\n 20 ms host invocation_request id=i1 function=f stream=2",
      ANSWER,
    ),
    scene(NODE, GAP, ANSWER),
  ),
  "reused-invocation-id": scenes(
    scene(NODE, REQUEST, REQUEST, ANSWER, ANSWER),
    scene(NODE, REQUEST, ANSWER, REQUEST, ANSWER),
    scene(NODE, REQUEST, GAP.replace("15", "21"), REQUEST.replace("20", "22"), ANSWER),
  ),
  "stray-answer": scenes(
    scene(NODE, "20 ms worker worker_init_response"),
    scene(NODE, "20 ms host worker_init_request\n 21 ms worker worker_init_response"),
    scene(NODE, GAP, "20 ms worker function_environment_reload_response"),
  ),
  "late-cancel": scenes(
    scene(CANCELLING, REQUEST, ANSWER, "30 ms host invocation_cancel id=i1"),
    scene(CANCELLING, REQUEST, CANCEL, `${ANSWER} status=Cancelled`),
    scene(CANCELLING, "30 ms host invocation_cancel id=i1"),
  ),
  "unknown-cancel": scenes(
    scene(CANCELLING, CANCEL),
    scene(
      CANCELLING,
      "10 ms worker start_stream worker=w2 stream=2\n 20 ms host invocation_request id=i1 function=f stream=2",
      CANCEL,
    ),
    scene(CANCELLING, GAP, CANCEL),
  ),
  "repeated-cancel": scenes(
    scene(CANCELLING, REQUEST, CANCEL, CANCEL, `${ANSWER} status=Cancelled`),
    scene(CANCELLING, REQUEST, CANCEL, `${ANSWER} status=Cancelled`, "30 ms host invocation_cancel id=i1"),
    scene(CANCELLING, CANCEL, CANCEL),
  ),
  "unheeded-cancel": scenes(
    scene(CANCELLING, REQUEST, CANCEL, ANSWER),
    scene(CANCELLING, REQUEST, ANSWER, "30 ms host invocation_cancel id=i1"),
    scene(CANCELLING, CANCEL, ANSWER),
  ),
  "orphan-http": scenes(
    { ...scene(NODE, "30 s event relay-ended"), sql: leg("'i7'", 20e6) },
    { ...scene(NODE, REQUEST, ANSWER, "30 s event relay-ended"), sql: leg("'i1'", 20e6) },
    { ...scene(NODE, GAP, "30 s event relay-ended"), sql: leg("'i7'", 20e6) },
  ),
  "late-log": scenes(
    scene(NODE, REQUEST, ANSWER, "30 ms worker rpc_log id=i1 text=late"),
    scene(NODE, REQUEST, ANSWER, "30 ms worker rpc_log id=i1 text=late category=System"),
    scene(NODE, REQUEST, REQUEST, ANSWER, "30 ms worker rpc_log id=i1 text=late", ANSWER),
  ),
  "unknown-invocation-log": scenes(
    scene(NODE, "20 ms worker rpc_log id=i9 text=hi"),
    scene(NODE, "20 ms worker rpc_log id=i9 text=hi category=System"),
    scene(NODE, GAP, "20 ms worker rpc_log id=i9 text=hi"),
  ),
  "log-without-invocation": scenes(
    scene(NODE, "20 ms worker rpc_log text=hi"),
    scene(NODE, "20 ms worker rpc_log text=hi category=System"),
    scene(NODE, "20 ms worker rpc_log text=hi compressed=true"),
  ),
  "unacceptable-data": scenes(
    scene(NODE, REQUEST, `${ANSWER} json={"returnValue":{"collectionString":{"string":["a"]}}}`),
    scene(NODE, REQUEST, `${ANSWER} json={"returnValue":{"json":"[1]"}}`),
    scene(NODE, REQUEST, `${ANSWER} json={"returnValue":{"collectionString":{"string":["a"]}}} compressed=true`),
  ),
  "imprecise-integer": scenes(
    scene(NODE, `${REQUEST} json={"triggerMetadata":{"n":{"json":"9007199254740993"}}}`, ANSWER),
    scene(DOTNET, `${REQUEST} json={"triggerMetadata":{"n":{"json":"9007199254740993"}}}`, ANSWER),
    scene(
      NODE.replace("runtime=node ", ""),
      `${REQUEST} json={"triggerMetadata":{"n":{"json":"9007199254740993"}}}`,
      ANSWER,
    ),
  ),
  "missing-trace-context": scenes(
    scene(DOTNET, `${REQUEST} trace=none`, ANSWER),
    scene(DOTNET, REQUEST, ANSWER),
    scene(DOTNET.replace('runtime=".NET" ', ""), `${REQUEST} trace=none`, ANSWER),
  ),
  "undeclared-message": scenes(
    scene(NODE, "20 ms host worker_warmup_request\n 21 ms worker worker_warmup_response"),
    scene(
      NODE.replace('{"WorkerStatus"', '{"HandlesWorkerWarmupMessage":"true","WorkerStatus"'),
      "20 ms host worker_warmup_request\n 21 ms worker worker_warmup_response",
    ),
    scene(START, "20 ms host worker_warmup_request\n 21 ms worker worker_warmup_response"),
  ),
  "wrong-direction": scenes(
    scene(NODE, "20 ms host invocation_response id=i1"),
    scene(NODE, "20 ms worker invocation_response id=i1"),
    scene(NODE, "20 ms host garbage"),
  ),
  "unused-kind": scenes(
    scene(NODE, "20 ms host file_change_event_request"),
    scene(NODE, '20 ms host bytes hex="c20200"'),
    scene(NODE, "20 ms host garbage"),
  ),
  "empty-message": scenes(
    scene(NODE, "20 ms host empty"),
    scene(DOTNET, "20 ms worker empty"),
    scene(NODE, "20 ms host empty compressed=true"),
  ),
  "damaged-message": scenes(
    scene(NODE, `20 ms host ${CUT}\n 22 ms worker reset code=8`),
    scene(NODE, '20 ms host bytes hex="c20200"\n 22 ms worker reset code=8'),
    scene(NODE, `20 ms host ${CUT}`),
  ),
  "cut-message": scenes(
    scene(NODE, `20 ms worker rpc_log text=hello category=System cut=3\n 21 ms worker reset code=8`),
    scene(NODE, "20 ms worker rpc_log text=hello category=System\n 21 ms worker reset code=8"),
    scene(
      NODE,
      `20 ms worker rpc_log text=hello category=System cut=3\n 20 ms event gap reason=full\n 21 ms worker reset code=8`,
    ),
  ),
  "unopened-compression": scenes(
    scene(NODE, "20 ms host garbage compressed=true"),
    scene(NODE.replace("worker=w1", "worker=w1 encoding=zstd"), "20 ms host garbage compressed=true"),
    scene(NODE, "20 ms host garbage compressed=true truncated=true"),
  ),
  "unknown-fields": scenes(
    scene(NODE, `${REQUEST} json={"$unknown":"wgIDbmV3"}`, ANSWER),
    scene(NODE, `20 ms host ${CUT}`, ANSWER),
    scene(NODE, `${REQUEST} json={"$unknown":"wgIDbmV3"} compressed=true`, ANSWER),
  ),
  "large-message": scenes(
    scene(
      `${SPAWNED} argv=["node","--functions-grpc-max-message-length","4000000"]`,
      NODE,
      `20 ms worker rpc_log category=System text=${"x".repeat(5 * 1024 * 1024)}`,
    ),
    scene(SPAWNED, NODE, `20 ms worker rpc_log category=System text=${"x".repeat(5 * 1024 * 1024)}`),
    scene(
      NODE.replace("runtime=node", "runtime=rust"),
      `20 ms worker rpc_log category=System text=${"x".repeat(5 * 1024 * 1024)}`,
    ),
  ),
  "slow-status": scenes(
    scene(NODE, "1 s host worker_status_request request=r1\n 3 s worker worker_status_response request=r1"),
    scene(NODE, "1 s host worker_status_request request=r1\n 1.1 s worker worker_status_response request=r1"),
    scene(
      NODE,
      "1 s host worker_status_request request=r1\n 2 s event gap reason=full\n 3 s worker worker_status_response request=r1",
    ),
  ),
  "http-beside-stream": scenes(
    scene(NODE.replace('{"WorkerStatus"', '{"HttpUri":"http://localhost:5000/","WorkerStatus"')),
    scene(
      NODE.replace('{"WorkerStatus"', '{"HttpUri":"http://localhost:5000/","WorkerStatus"'),
      "3 ms event http-capture worker=http://localhost:5000/ address=127.0.0.1:40000",
    ),
    scene(NODE),
  ),
  "clean-end": scenes(
    scene(NODE, "30 ms host end grpc=0"),
    scene(NODE, "29 ms host worker_terminate\n 30 ms host end grpc=0"),
    scene(NODE, GAP, "30 ms host end grpc=0"),
  ),
  "worker-end": scenes(
    scene(NODE, "30 ms worker end grpc=0"),
    scene(NODE, "29 ms host worker_terminate\n 30 ms worker end grpc=0"),
    scene(NODE, GAP, "30 ms worker end grpc=0"),
  ),
  "error-end": scenes(
    scene(NODE, "30 ms host end grpc=14"),
    scene(NODE, "30 ms host end grpc=0"),
    scene(NODE, GAP, "30 ms host end grpc=14"),
  ),
  "reset-stream": scenes(
    scene(NODE, "30 ms worker reset code=8"),
    scene(NODE, `20 ms host ${CUT}\n 30 ms worker reset code=8`),
    scene(NODE, GAP, "30 ms worker reset code=8"),
  ),
  "connection-lost": scenes(
    scene(NODE, "30 ms relay lost"),
    scene(NODE, "30 ms relay lost\n 30 ms event relay-lost"),
    scene(NODE, GAP, "30 ms relay lost"),
  ),
  "lingering-worker": scenes(
    scene(SPAWNED, DOTNET, "30 ms host end grpc=14\n 20 s event relay-ended"),
    scene(
      SPAWNED,
      DOTNET,
      "30 ms host end grpc=14\n 31 ms event process-exited workerId=w1 code=1\n 20 s event relay-ended",
    ),
    scene(DOTNET, "30 ms host end grpc=14\n 20 s event relay-ended"),
  ),
  "process-exit": scenes(
    scene(SPAWNED, NODE, "30 ms relay lost\n 30 ms event process-exited workerId=w1 code=1"),
    scene(SPAWNED, NODE, "30 ms relay lost\n 30 ms event process-exited workerId=w1 code=143"),
    scene(SPAWNED, NODE, "30 ms relay lost"),
  ),
  "quiet-exit": scenes(
    scene(SPAWNED, NODE, "30 ms relay lost\n 30 ms event process-exited workerId=w1 code=0"),
    scene(
      SPAWNED,
      NODE,
      "29 ms host worker_terminate\n 30 ms relay lost\n 30 ms event process-exited workerId=w1 code=0",
    ),
    scene(SPAWNED, NODE, "30 ms relay lost"),
  ),
  "restart-count": scenes(
    scene(crashes(3, "code=1")),
    scene(crashes(3, "code=1 endedByHost=stop")),
    scene(crashes(1, "code=1"), "1 s event process-spawned workerId=c8 pid=8"),
  ),
  "host-timed-out": scenes(
    event("host-timed-out step=init workerId=w1 limit=10000"),
    event("host-timed-out step=terminate workerId=w1 limit=5000"),
    scene(NODE),
  ),
  "host-worker-failed": scenes(
    event('host-worker-failed workerId=w1 reason="no init"'),
    event('host-metadata-failed reason="broken"'),
    scene(NODE),
  ),
  "host-metadata-failed": scenes(
    event('host-metadata-failed reason="broken"'),
    event('host-worker-failed workerId=w1 reason="no init"'),
    scene(NODE),
  ),
  "host-restart": scenes(
    event("host-restarting cause=worker-exit delay=1000"),
    event("host-restarting cause=file-change path=a.js"),
    scene(NODE),
  ),
  "host-gave-up": scenes(event("host-gave-up message=Exceeded"), scene(crashes(3, "code=1")), scene(NODE)),
  "upstream-unreachable": scenes(
    event("upstream-failed address=127.0.0.1:1 code=ECONNREFUSED"),
    scene(NODE, "20 ms host lost code=ECONNRESET"),
    scene(NODE),
  ),
  "recording-gap": scenes(scene(NODE, GAP), scene(NODE, "15 ms event relay-lost"), scene(NODE)),
  "messages-given-up": scenes(
    { ...scene(NODE, REQUEST, ANSWER), sql: "DELETE FROM message WHERE seq < 4" },
    scene(NODE, GAP, REQUEST, ANSWER),
    scene(NODE, REQUEST, ANSWER),
  ),
  "relay-lost": scenes(scene(NODE, "20 ms event relay-lost"), scene(NODE, "20 ms event relay-ended"), scene(NODE)),
  "session-rescued": scenes(event("session-rescued message=deleted"), event('gap reason="disk full"'), scene(NODE)),
  "events-left-out": scenes(
    scene(NODE, Array.from({ length: 1001 }, (_, n) => `${20 + n} ms event probes count=1`).join("\n")),
    scene(NODE, Array.from({ length: 1000 }, (_, n) => `${20 + n} ms event gap reason=full`).join("\n")),
    scene(NODE, "20 ms event probes count=1"),
  ),
  "streams-left-out": scenes(
    scene(
      Array.from({ length: 1001 }, (_, n) => `${n} ms worker start_stream worker=w${n} stream=${n + 1}`).join("\n"),
    ),
    scene(
      Array.from({ length: 1001 }, (_, n) => `${n} ms event process-spawned workerId=w${n} pid=${n + 10}`).join("\n"),
    ),
    scene(NODE),
  ),
  "unreadable-connection": scenes(
    { ...scene(NODE), sql: "UPDATE connection SET protocol = 'unreadable', reason = 'worker: no HTTP/2'" },
    {
      ...scene(NODE),
      sql: "UPDATE connection SET protocol = 'unreadable', reason = 'the inspector could not record it any further: a bug'",
    },
    scene(NODE),
  ),
};
