import { Cron } from "croner";
import { formatCause, HostError } from "./host-error.ts";
import { parseTimeSpan } from "./time-span.ts";

/** When a timer is due. */
export type Schedule = {
  /** The first due time after `time`; undefined when there is none. */
  next(time: Date): Date | undefined;
};

/**
 * Parses the schedule of a timer trigger: NCRONTAB with seconds first (`0 *\/5 * * * *`; five fields mean second 0),
 * or a time span between runs. Day of month and day of week must both match, as in NCRONTAB.
 *
 * @param zone IANA name; NCRONTAB schedules are in UTC unless WEBSITE_TIME_ZONE says otherwise
 * @throws {HostError} "configuration-invalid"
 */
export function parseSchedule(text: string, zone = "UTC"): Schedule {
  const interval = parseTimeSpan(text);
  if (interval !== undefined && interval > 0) {
    return { next: (time) => new Date(time.getTime() + interval) };
  }
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) {
    throw invalid(text, `it has ${fields.length} fields`);
  }
  try {
    const cron = new Cron(fields.join(" "), { timezone: zone, domAndDow: true, paused: true });
    cron.nextRun();
    return { next: (time) => cron.nextRun(time) ?? undefined };
  } catch (cause) {
    throw invalid(text, formatCause(cause));
  }
}

function invalid(text: string, reason: string): HostError {
  return new HostError("configuration-invalid", `"${text}" is not a schedule: ${reason}`, {
    hint: "Write {second} {minute} {hour} {day} {month} {day-of-week}, or a time span as hh:mm:ss.",
  });
}
