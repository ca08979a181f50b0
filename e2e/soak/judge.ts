/** What a soak finds wrong, from what its peers and the system told. */
import { existsSync } from "node:fs";
import { BUDGETS } from "./budgets.ts";
import type { Stall } from "./peer-process.ts";
import { filesBelow, isAlive, type Peaks } from "./resources.ts";
import type { PeerSides, Scene } from "./soak.ts";

/** The worst of what is late is told, not all. */
const MAX_LATE = 6;

/** @param intended messages that the peers were to say */
export function judgePeers({ host, worker }: PeerSides, intended: number): string[] {
  const faults = [...host.streams, ...worker.streams].flatMap((stream) => stream.faults);
  const said = host.streams.reduce((sum, { sent }, i) => sum + sent + (worker.streams[i]?.sent ?? 0), 0);
  if (said < intended * BUDGETS.rateShare) {
    faults.push(`only ${said} of ${intended} messages were said: too slow`);
  }
  for (const { worker: name, status, received } of worker.streams) {
    const other = host.streams.find((one) => one.worker === name);
    const begun = (other?.begun.p ?? 0) + (other?.begun.h ?? 0);
    if (status !== 0) {
      faults.push(`${name}: its call ended with ${status ?? "nothing"}, not OK`);
    }
    if (begun !== received) {
      faults.push(`${name}: ${received} of ${begun} invocations reached it`);
    }
  }
  return faults;
}

/** What nobody can act on is no message: an exception of ours ended up on stderr. */
export function judgeWords(stderr: string): string[] {
  const traces = stderr.match(/^\s+at .+:\d+:\d+\)?$/gmu) ?? [];
  return traces.length === 0 ? [] : [`the command printed a stack trace, ${traces.length} lines: ${traces[0]?.trim()}`];
}

/** A message may be late by what its own peers, and the relay, could not run meanwhile. */
export function judgeDelays({ host, worker }: PeerSides, waits: readonly Stall[]): string[] {
  const stalls = [...host.stalls, ...worker.stalls, ...waits];
  const late = [
    ...host.streams.map((stream) => ({ ...stream, at: `at the host of ${stream.worker}` })),
    ...worker.streams.map((stream) => ({ ...stream, at: `at ${stream.worker}` })),
  ].flatMap(({ at, latest }) =>
    latest.map(({ lane, number, part, sentAt, us }) => ({
      lane,
      ms: (us - stalledWithin(stalls, sentAt, sentAt + us)) / 1000,
      text: `${at}: ${lane} ${number} part ${part}, sent at ${sentAt} us, took ${Math.round(us / 1000)} ms`,
    })),
  );
  return late
    .filter(({ lane, ms }) => ms > (lane === "p" ? BUDGETS.passMs : BUDGETS.heldMs))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, MAX_LATE)
    .map(({ text, ms }) => `${text}, of which its processes could run for ${Math.round(ms)} ms`);
}

function stalledWithin(stalls: readonly Stall[], from: number, to: number): number {
  return stalls
    .map(({ at, us }) => Math.max(0, Math.min(at, to) - Math.max(at - us, from)))
    .reduce((sum, us) => sum + us, 0);
}

export function judgeResources(
  peaks: Peaks,
  { bytes, descriptorsLeft }: { readonly bytes: number; readonly descriptorsLeft: number },
): string[] {
  const faults = (["relayBytes", "hubBytes", "relayDescriptors", "hubDescriptors", "journalBytes"] as const)
    .filter((name) => peaks[name] > BUDGETS[name])
    .map((name) => `${name}: ${peaks[name]}, at most ${BUDGETS[name]}`);
  if (peaks.sessionBytes > bytes * BUDGETS.sessionBytesPerByte) {
    faults.push(`the session took ${peaks.sessionBytes} bytes for ${bytes} of messages`);
  }
  if (descriptorsLeft > BUDGETS.descriptorsLeft) {
    faults.push(`${descriptorsLeft} descriptors of the relay stay open`);
  }
  return faults;
}

/** @param temporary the command's folder for temporary files */
export function judgeLeftovers(
  { state, inspector }: Pick<Scene, "state" | "inspector">,
  hubs: ReadonlySet<number>,
  temporary: string,
): string[] {
  const running = [inspector.process.pid ?? 0, ...hubs].filter(isAlive);
  const kept = [inspector.session, `${inspector.session}-text`];
  const files = [...filesBelow(state.path), ...filesBelow(temporary)].filter((file) => !kept.includes(file));
  const faults = files.map((file) => `${file} is left behind`);
  if (running.length > 0) {
    faults.push(`processes are left behind: ${running.join(", ")}`);
  }
  if (!existsSync(inspector.session)) {
    faults.push("there is no session");
  }
  return faults;
}
