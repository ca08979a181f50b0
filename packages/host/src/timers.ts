import type { EventSink } from "./events.ts";
import { type Environment, type FunctionInfo, isSet, settingOf } from "./functions.ts";
import { formatCause } from "./host-error.ts";
import type { TriggerInput } from "./invocation-request.ts";
import type { Invocation, InvocationOutcome } from "./invoker.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";
import { pause } from "./time-limit.ts";
import { jsonData } from "./typed-data.ts";

/** When a timer ran last and is due next. */
export type ScheduleStatus = { readonly last: Date | undefined; readonly next: Date; readonly updated: Date };

/** Statuses by function name. It outlives a restart of the app, so that a run missed meanwhile is made up for. */
export type TimerMemory = Map<string, ScheduleStatus>;

/** Shortest interval, in ms, whose missed runs the host makes up for. */
const SHORTEST_MONITORED_MS = 60_000;
const NEVER = "0001-01-01T00:00:00+00:00";

/** What a timer trigger hands over. */
export function createTimerInput(status: ScheduleStatus | undefined, isPastDue: boolean): TriggerInput {
  const data = jsonData({
    Schedule: { AdjustForDST: true },
    ScheduleStatus: status === undefined ? null : formatStatus(status),
    IsPastDue: isPastDue,
  });
  return { data, metadata: { TimerTrigger: data } };
}

function formatStatus({ last, next, updated }: ScheduleStatus): Readonly<Record<string, string>> {
  const format = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, "+00:00");
  return { Last: last === undefined ? NEVER : format(last), Next: format(next), LastUpdated: format(updated) };
}

/** Whether runs of this timer are remembered: not when the app declines, nor when it runs more than once a minute. */
export function isMonitored(info: FunctionInfo, schedule: Schedule, now: Date): boolean {
  const first = schedule.next(now);
  const second = first && schedule.next(first);
  const interval = first && second ? second.getTime() - first.getTime() : Number.POSITIVE_INFINITY;
  return info.trigger.settings["useMonitor"] !== false && interval >= SHORTEST_MONITORED_MS;
}

/** Runs the timer triggers of an app until it is stopped. A timer never overlaps itself. */
export class TimerRunner {
  readonly #stop = new AbortController();
  readonly #context: TimerContext;

  constructor(functions: readonly FunctionInfo[], context: TimerContext) {
    this.#context = context;
    for (const info of functions) {
      if (info.trigger.type.toLowerCase() === "timertrigger" && !info.isDisabled) {
        void this.#run(info).catch((cause: unknown) => {
          context.emit({ kind: "log", level: "Error", message: `Timer ${info.name}: ${formatCause(cause)}` });
        });
      }
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  async #run(info: FunctionInfo): Promise<void> {
    const { environment, memory } = this.#context;
    const schedule = parseSchedule(
      settingOf(info.trigger, "schedule", environment) ?? "",
      environment["WEBSITE_TIME_ZONE"],
    );
    const isRemembered = isMonitored(info, schedule, new Date());
    const missed = isRemembered ? memory.get(info.name) : undefined;
    if (missed !== undefined && missed.next.getTime() <= Date.now()) {
      await this.#fire(info, missed, true);
    } else if (isSet(info.trigger, "runOnStartup")) {
      await this.#fire(info, missed, false);
    }
    let last = missed?.last;
    for (;;) {
      const now = new Date();
      const next = schedule.next(now);
      if (next === undefined) {
        return;
      }
      const status = { last, next, updated: last ?? now };
      if (isRemembered) {
        memory.set(info.name, status);
      }
      while (next.getTime() > Date.now() && !this.#stop.signal.aborted) {
        await pause(next.getTime() - Date.now(), this.#stop.signal);
      }
      if (this.#stop.signal.aborted) {
        return;
      }
      await this.#fire(info, isRemembered ? status : undefined, false);
      last = next;
    }
  }

  async #fire(info: FunctionInfo, status: ScheduleStatus | undefined, isPastDue: boolean): Promise<void> {
    try {
      await this.#context.invoke(info, { cause: "timer", prepare: () => createTimerInput(status, isPastDue) });
    } catch (cause) {
      if (!this.#stop.signal.aborted) {
        this.#context.emit({ kind: "log", level: "Error", message: `Timer ${info.name}: ${formatCause(cause)}` });
      }
    }
  }
}

type TimerContext = {
  readonly environment: Environment;
  readonly memory: TimerMemory;
  readonly emit: EventSink;
  readonly invoke: (info: FunctionInfo, invocation: Invocation) => Promise<InvocationOutcome>;
};
