/** A worker's process, of whose start, output and end the host's events tell, whatever it talks to the host by. */
import type { EventSink } from "./events.ts";
import { type HostLimits, stepLimitsOf } from "./limits.ts";
import type { WorkerEnd } from "./restart-policy.ts";
import { type ProcessExit, startWorkerProcess, type WorkerLaunch, type WorkerProcess } from "./worker-process.ts";

type Told = { readonly limits: HostLimits; readonly processCount: number; readonly emit: EventSink };

export function startToldProcess(
  workerId: string,
  launch: WorkerLaunch,
  { limits, processCount, emit }: Told,
): WorkerProcess {
  const child = startWorkerProcess({
    ...launch,
    onOutput: (line) => emit({ kind: "worker-output", workerId, ...line }),
  });
  const { pid, argv } = child;
  if (pid !== undefined) {
    const { config, cwd, environment } = launch;
    emit({
      kind: "worker-spawned",
      workerId,
      pid,
      argv,
      cwd,
      environment,
      limits: stepLimitsOf(config.processOptions, limits),
      processCount,
    });
  }
  return child;
}

/** @returns the end as the restart policy asks for it */
export function tellEnd(
  { id, pid }: { readonly id: string; readonly pid: number | undefined },
  { code, signal, failure }: ProcessExit,
  { wasIdle, endedByHost }: { readonly wasIdle: boolean; readonly endedByHost: WorkerEnd["endedByHost"] },
  emit: EventSink,
): WorkerEnd {
  const reason = endedByHost === undefined ? {} : { endedByHost };
  const why = failure === undefined ? {} : { failure };
  emit({ kind: "worker-exited", workerId: id, pid, code, signal, ...reason, ...why });
  return { code, signal, wasIdle, ...reason };
}
