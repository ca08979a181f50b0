import type { StepRow, StreamInfo, WorkerInfo } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import { Column } from "../../shell/data/column.ts";
import { listCaptions } from "./captions.ts";

const SECOND = 1e9;

function columnOf(...ids: number[]): Column {
  const column = new Column((flush) => flush());
  column.merge(Uint32Array.from(ids), Uint32Array.of(), 1000);
  return column;
}

type Scene = {
  readonly steps: readonly (readonly [id: number, step: StepRow["step"]])[];
  readonly phase?: "loaded" | "failed";
};

function worker(stream: number, { steps, phase = "loaded" }: Scene, process?: WorkerInfo["process"]): WorkerInfo {
  const info: StreamInfo = {
    id: stream,
    connection: 1,
    path: "/x/EventStream",
    openedAt: 0,
    runtime: "node",
    phase,
    messages: 1,
    bytes: 1,
  };
  return {
    stream: info,
    ...(process && { process }),
    hostCapabilities: [],
    workerCapabilities: [],
    undeclared: [],
    steps: steps.map(([id, step], index) => ({
      type: "step",
      id,
      stream,
      step,
      state: "success",
      answeredAt: (index + 1) * SECOND,
      size: 1,
      count: 1,
      failed: 0,
    })),
    invocations: 0,
    failures: 0,
    serverErrors: 0,
    inFlight: 0,
    lost: 0,
    statusPings: { count: 0 },
  };
}

const texts = (captions: ReturnType<typeof listCaptions>) => captions.map(({ row, text }) => `${row} ${text}`);

describe("captions", () => {
  test("name a worker above its start-up, and the invocations behind it", () => {
    const node = worker(
      1,
      {
        steps: [
          [1, "start"],
          [2, "init"],
          [9, "load"],
        ],
      },
      { pid: 41207, output: [] },
    );
    expect(texts(listCaptions(columnOf(1, 2, 9, 20, 30), [node], new Map()))).toEqual([
      "0 worker node · pid 41207 · start-up 3.00 s, ready",
      "3 invocations",
    ]);
  });

  test("stand above each worker, and above what starts again among invocations", () => {
    const first = worker(
      1,
      {
        steps: [
          [1, "start"],
          [40, "terminate"],
        ],
        phase: "failed",
      },
      { exitCode: 1, exitedAt: 3.4e9, spawnedAt: 0, output: [] },
    );
    const second = worker(2, {
      steps: [
        [2, "start"],
        [3, "load"],
      ],
    });
    const captions = listCaptions(columnOf(1, 2, 3, 10, 40), [first, second], new Map());
    expect(texts(captions)).toEqual([
      "0 worker node · never became ready · exited with code 1 after 3.40 s",
      "1 worker node · start-up 2.00 s, ready",
      "3 invocations",
      "4 worker node",
    ]);
    expect(captions[0]?.tone).toBe("bad");
  });

  test("say where nothing happened, above what else is said there", () => {
    const again = worker(2, { steps: [[5, "start"]], phase: "loaded" });
    const captions = listCaptions(columnOf(4, 5, 6), [again], new Map([[5, 2460 * SECOND]]));
    expect(texts(captions)).toEqual(["1 idle 41.0 min, collapsed", "1 worker node · starting", "2 invocations"]);
  });

  test("have nothing to say of rows that the list does not hold", () => {
    const node = worker(1, { steps: [[1, "start"]] });
    expect(listCaptions(columnOf(7, 8), [node], new Map([[3, SECOND]]))).toEqual([]);
  });
});
