import type { StepRow, Verdict, WorkerInfo } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import { pastState, workerState } from "./worker-state.ts";

type Change = Partial<Pick<WorkerInfo, "verdict" | "process" | "steps" | "invocations">>;

function stateOf(stream: Partial<WorkerInfo["stream"]>, change: Change = {}) {
  const connected = { id: 1, connection: 1, path: "/x/EventStream", openedAt: 5, messages: 0, bytes: 0 };
  return workerState({
    stream: { phase: "loaded", ...connected, ...stream },
    steps: [],
    invocations: 0,
    failures: 0,
    inFlight: 0,
    lost: 0,
    ...change,
  });
}

const verdict = (step: Verdict["step"]): Verdict => ({
  stream: 1,
  kind: "exit-code",
  sentence: "It died.",
  step,
  advice: "",
  evidence: [],
});
const step = (name: StepRow["step"]): StepRow => ({
  type: "step",
  id: 1,
  stream: 1,
  step: name,
  state: "success",
  size: 0,
  count: 1,
  failed: 0,
});

describe("a worker's state", () => {
  test("is its phase while it lives", () => {
    expect(stateOf({})).toEqual({ tone: "good", label: "ready" });
  });
  test("is death where there is a verdict on its end", () => {
    expect(stateOf({ phase: "ended" }, { verdict: verdict("idle") })).toEqual({ tone: "bad", label: "died" });
  });
  test("is that it never became ready where the verdict is on its start, ended or not", () => {
    for (const phase of ["initialized", "ended"] as const) {
      expect(stateOf({ phase }, { verdict: verdict("index") })).toEqual({ tone: "bad", label: "never became ready" });
    }
    expect(stateOf({ phase: "failed" }).label).toBe("never became ready");
    expect(stateOf({ phase: "loaded" }, { verdict: verdict("index"), invocations: 1 }).label).toBe("ready");
  });
  test("without a verdict goes by what was loaded, where the start was seen", () => {
    expect(stateOf({ phase: "ended" }, { steps: [step("start")] })).toEqual({
      tone: "mute",
      label: "never became ready",
    });
    expect(stateOf({ phase: "ended" }, { steps: [step("start"), step("load")] }).label).toBe("ended");
    expect(stateOf({ phase: "ended" }).label).toBe("ended");
  });
  test("of a process that left before it connected is not its phase", () => {
    expect(stateOf({ id: -1, phase: "failed" }, { process: { output: [], exitedAt: 3 } }).label).toBe(
      "never connected",
    );
  });
  test("is past while the inspector is away, unless it was an end", () => {
    expect(pastState(stateOf({}))).toEqual({ tone: "mute", label: "was ready" });
    expect(pastState(stateOf({ phase: "started" })).label).toBe("was starting");
    expect(pastState(stateOf({ phase: "failed" })).label).toBe("never became ready");
    expect(pastState(stateOf({ phase: "ended" })).label).toBe("ended");
  });
});
