import { PONG_LIMIT_MS } from "@inspector/contract/relay-line";

/** What a soak holds the inspector to. Every number that a run is judged by stands here. */

const MIB = 1024 * 1024;

export const BUDGETS = {
  /** A message that no rule holds reaches the other side before even a silent hub counts as gone. */
  passMs: PONG_LIMIT_MS,
  /** A held one within this: its rule holds it for 5 s at most, and the relay lets go of it when the hub is silent for 3 s. */
  heldMs: 10_000,
  /** Resident memory: the relay's process holds at most 256 MiB for rules and replays. */
  relayBytes: 512 * MIB,
  hubBytes: 768 * MIB,
  /** Open descriptors at any time, while dozens of clients come and go at once, … */
  relayDescriptors: 512,
  hubDescriptors: 256,
  /** … and of the relay once they have gone, more than when the run began. */
  descriptorsLeft: 12,
  /** What waits to be read into the session while the hub is down or starved. */
  journalBytes: 1024 * MIB,
  /** Session file with its index and log, for each byte of message. */
  sessionBytesPerByte: 6,
  /** From Ctrl-C until everything is in the session and the command has ended. */
  stopMs: 60_000,
  /** Share of the intended rate that the peers must have reached for the run to count. */
  rateShare: 0.5,
} as const;
