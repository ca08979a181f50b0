/**
 * The soak: peers that say thousands of messages a second through the built command while its hub is killed, stopped and
 * starved, messages are held, invocations replayed, and bad clients come and go. At the end the session is compared
 * with what was said. Prints its seed, which repeats what is done.
 */
import { parseArgs } from "node:util";
import { canMakeDisks } from "../small-disk.ts";
import { soakOnSmallDisk } from "./small-disk-soak.ts";
import { type Outcome, soak } from "./soak.ts";

/** Of the whole time, what a disk that is soon full gets. */
const DISK_SHARE = 0.25;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "120" },
    minutes: { type: "string" },
    seed: { type: "string" },
    rate: { type: "string", default: "5000" },
    verbose: { type: "boolean", default: false },
  },
});
const seconds = values.minutes === undefined ? Number(values.seconds) : Number(values.minutes) * 60;
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const rate = Number(values.rate);
if (![seconds, seed, rate].every((value) => Number.isFinite(value) && value >= 0) || process.platform !== "linux") {
  console.error("npm run soak -- [--minutes N | --seconds N] [--seed N] [--rate MESSAGES_A_SECOND]   (Linux only)");
  process.exit(2);
}

console.log(`Soak: ${seconds} s at ${rate} messages/s, seed ${seed}`);
const isDiskPossible = canMakeDisks();
const outcomes: Outcome[] = [
  await soak({ seed, rate, durationMs: seconds * (isDiskPossible ? 1 - DISK_SHARE : 1) * 1000 }),
];
print("all that may happen to a hub", outcomes[0]);
if (isDiskPossible) {
  outcomes.push(await soakOnSmallDisk({ seed, rate, durationMs: seconds * DISK_SHARE * 1000 }));
  print("a small disk that is full for a while", outcomes[1]);
} else {
  console.log("A full disk is left out: only root can make a small one.");
}
const isGood = outcomes.every(({ faults }) => faults.length === 0);
if (!isGood) {
  console.log(`\nRepeat: npm run soak -- --seconds ${seconds} --rate ${rate} --seed ${seed}`);
}
process.exit(isGood ? 0 : 1);

function print(title: string, outcome: Outcome | undefined): void {
  if (outcome === undefined) {
    return;
  }
  const { faults, facts, log } = outcome;
  console.log(`\n${title}: ${faults.length === 0 ? "good" : `${faults.length} FAULTS`}`);
  for (const [name, value] of facts) {
    console.log(`  ${name.padEnd(34)} ${value}`);
  }
  for (const fault of faults) {
    console.log(`  FAULT ${fault}`);
  }
  if (values.verbose || faults.length > 0) {
    for (const line of log) {
      console.log(`    ${line}`);
    }
  }
}
