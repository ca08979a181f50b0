/** Scenes of workers that die or never become ready, and what a table of them says. */
import type { VerdictKind } from "../../src/problems/verdict-words.ts";
import { NODE } from "../problems-in.ts";

/** A table and the sentence of its verdict; undefined where there is none. */
export type Told = readonly [table: string, sentence: string | undefined];

/** A verdict in a scene in which it is true, in one that looks alike and has another cause, and in one that lacks the evidence. */
export type VerdictScenes = {
  readonly name: string;
  readonly kind: VerdictKind;
  readonly isTrue: readonly [table: string, sentence: string];
  readonly other: Told;
  readonly missing: Told;
  /** Of the first scene, like the advice. */
  readonly quote?: string;
  readonly advice: RegExp;
};

export const SPAWNED = "0 ms event process-spawned workerId=w1 pid=7";
export const REQUEST = "20 ms host invocation_request id=i1 function=hello";
/** Traffic that went by unrecorded. */
export const GAP = "15 ms event gap reason=full";
export const STARTED = `
  1 ms  worker  start_stream         worker=w1
  2 ms  host    worker_init_request`;

/** A Node.js worker that runs, and ends 20 ms later. */
export const exited = (how: string, ...output: readonly string[]): string =>
  [
    SPAWNED,
    NODE,
    ...written("25 ms", output),
    "30 ms relay lost",
    `30 ms event process-exited workerId=w1 ${how}`,
  ].join("\n");
/** The same with an invocation in flight. */
export const busyExited = (how: string, ...output: readonly string[]): string =>
  `${exited(how, ...output)}\n${REQUEST}`;
/** A worker that ends before it has answered WorkerInit. */
export const initExited = (how: string, ...output: readonly string[]): string =>
  [
    SPAWNED,
    STARTED,
    ...written("5 ms", output),
    "9 ms relay lost",
    `9 ms event process-exited workerId=w1 ${how}`,
  ].join("\n");
/** A process that never connects. */
export const unconnected = (how: string, ...output: readonly string[]): string =>
  [SPAWNED, ...written("5 ms", output), `9 ms event process-exited workerId=w1 ${how}`].join("\n");

function written(at: string, lines: readonly string[]): string[] {
  return lines.map((line) => `${at} event process-output workerId=w1 stream=stderr text=${JSON.stringify(line)}`);
}

/** Lists functions at 6 ms, after some output. */
export const listed = (answer: string, ...output: readonly string[]): string => `
  ${SPAWNED}
  1 ms  worker  start_stream                worker=w1
  2 ms  host    worker_init_request
  ${written("3 ms", output).join("\n")}
  4 ms  worker  worker_init_response        runtime=node
  5 ms  host    functions_metadata_request
  6 ms  worker  function_metadata_response  ${answer}
  8 s   host    worker_status_request       request=r1
  8 s   worker  worker_status_response      request=r1`;

/** A list that leaves the functions to the host, which finds no function.json. */
export const EMPTY_LIST = 'json={"useDefaultMetadataIndexing":true}';

/** A placeholder's worker that refuses the app's environment. */
export const RELOAD = `${STARTED}
  4 ms   worker  worker_init_response                 runtime=node
  20 ms  host    function_environment_reload_request
  30 ms  worker  function_environment_reload_response  status=Failure exception="wrong app"`;

export const AFTER_INIT = "before it had answered WorkerInit";
export const MISSING_MODULE = [
  "Error: Cannot find module 'express'",
  "    at Module._resolveFilename (node:internal/x:1:1)",
];
export const TYPE_ERROR = ["/app/a.js:1", "  ^", "", "TypeError: x is not a function", "    at f (/app/src/a.js:1:2)"];

/** A scene with a line of the worker's own in front of its first answer. */
export function withLog(table: string, log: string): string {
  return table.replace(/(?=\n.*worker_init_response)/u, `\n4 ms worker rpc_log ${log}`);
}
