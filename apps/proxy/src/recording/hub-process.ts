/** A hub as a process: how it is forked, and why it could not be started, as the user is told. */
import { type ChildProcess, fork } from "node:child_process";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import type { HubOptions } from "@inspector/hub/hub";

/**
 * The hub's memory is to stay flat. For each of a few threads V8 lets its heap double before it looks for garbage, and the C library
 * keeps an arena, and neither gives anything back.
 */
const SMALL_HEAPS = "--optimize-for-size";
const ALLOCATOR = { MALLOC_ARENA_MAX: "2" };

export function forkHub(program: URL): ChildProcess {
  return fork(program, [], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [...process.execArgv, SMALL_HEAPS],
    env: { ...process.env, ...ALLOCATOR },
  });
}

export function startError(report: { code: string; message: string }, { host, port }: HubOptions): InspectorError {
  if (report.code === "EADDRINUSE") {
    return new InspectorError("ui-port-taken", `--ui ${host}:${port} is taken by another program`, {
      hint: "Choose another port, or leave --ui away to get a free one.",
    });
  }
  return new InspectorError("hub-failed", `The hub could not start: ${report.message}`);
}

export function describeFailure(error: unknown): string {
  if (error instanceof Error && "code" in error && (error.code === "EMFILE" || error.code === "ENFILE")) {
    return "there are no file descriptors left";
  }
  return reasonOf(error);
}
