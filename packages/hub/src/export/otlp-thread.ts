/** Thread of the hub that pushes invocations to an OpenTelemetry endpoint as they end. What is recorded never waits for it. */
import { parentPort, workerData } from "node:worker_threads";
import { reasonOf } from "@inspector/contract/inspector-error";
import { sleepUntilStopped, stopRequested, yieldToOthers } from "../thread.ts";
import type { OtlpRequest } from "./otlp.ts";
import { BackOff, type OtlpEndpoint, sendOtlp } from "./otlp-endpoint.ts";
import { createOtlpFeed } from "./otlp-live.ts";

export type OtlpThreadOptions = {
  readonly session: string;
  readonly endpoint: OtlpEndpoint;
  readonly by: string;
};

/** A line for the user, each time that it stops or begins to work. */
export type OtlpThreadMessage = { readonly type: "told"; readonly message: string };

/** How long invocations are collected for a batch, and between two looks where nothing ends. */
const COLLECT_MS = 1_000;

const port = parentPort;
if (port === null) {
  throw new Error("telemetry is pushed by a thread of the hub");
}
const { session, endpoint, by } = workerData as OtlpThreadOptions;
const isStopping = stopRequested();
const backOff = new BackOff();
let isFailing = false;
/** What was refused is told once for each reason. */
const refusals = new Set<string>();
yieldToOthers();

function tell(message: string): void {
  port?.postMessage({ type: "told", message } satisfies OtlpThreadMessage);
}

/** Sends a request until it is taken or refused, or the hub ends. @returns whether it needs no sending any more */
async function push(request: OtlpRequest): Promise<boolean> {
  while (!isStopping()) {
    const outcome = await sendOtlp(endpoint, request);
    if (outcome.type === "retry") {
      if (!isFailing) {
        isFailing = true;
        tell(`${endpoint.url} takes no telemetry (${outcome.reason}); what ends meanwhile is pushed once it does`);
      }
      await sleepUntilStopped(backOff.next(outcome.afterMs), isStopping);
      continue;
    }
    if (isFailing) {
      isFailing = false;
      tell(`${endpoint.url} takes telemetry again`);
    }
    backOff.reset();
    const lost = outcome.type === "refused" ? request.records : outcome.rejected;
    if (lost > 0 && !refusals.has(outcome.reason)) {
      refusals.add(outcome.reason);
      tell(`${endpoint.url} refuses telemetry, which is then left out: ${outcome.reason}`);
    }
    return true;
  }
  return false;
}

async function run(): Promise<void> {
  const feed = createOtlpFeed(session, by);
  try {
    while (!isStopping()) {
      for (const request of feed.next()) {
        if (!(await push(request))) {
          break;
        }
        feed.taken();
      }
      await sleepUntilStopped(COLLECT_MS, isStopping);
    }
    // What is left of a batch, and what ended in the last moments, is tried once, without waiting for an endpoint that is away.
    for (let batches = 0; batches < 2 && !isFailing; batches += 1) {
      for (const request of feed.next()) {
        isFailing = (await sendOtlp(endpoint, request)).type === "retry";
        if (isFailing) {
          break;
        }
        feed.taken();
      }
    }
  } finally {
    feed.close();
  }
}

await run().catch((error: unknown) => tell(`telemetry is not pushed any more: ${reasonOf(error)}`));
process.exit(0);
