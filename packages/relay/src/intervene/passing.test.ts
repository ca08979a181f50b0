import { describe, expect, test } from "vitest";
import { createScene, grpc, openStreams } from "../../testing/scene.ts";
import { LOG, message, REQUEST, RESPONSE } from "../../testing/short-messages.ts";
import type { HoldRule } from "./rules.ts";

const SECOND = 1e9;

/** Two streams on which nothing waits, with windows as gRPC libraries have them. */
function calmScene() {
  // Dice that never choose padding, and always the whole of what there is to say.
  const scene = createScene((sides) => (sides === 6 ? 1 : sides - 1), [65_535], 400);
  openStreams(scene, [1, 3]);
  scene.settle();
  return scene;
}

type Scene = ReturnType<typeof calmScene>;

function replay({ connection, deliver }: Scene, invocationId: string, size = 300): void {
  connection.replay({
    stream: 1,
    invocationId,
    mark: { run: 1, n: 1, isEdited: false },
    message: message(REQUEST, invocationId, size),
  });
  deliver();
}

/** The host asks, the worker answers, in chunks of so many bytes; returns how many of them did not go on as they came. */
function touchedChunks(scene: Scene, ids: readonly string[], most?: number): number {
  let touched = 0;
  for (const id of ids) {
    scene.host.write(1, grpc(message(REQUEST, id, 200)));
    for (let isBusy = true; isBusy; ) {
      isBusy = scene.host.act();
      isBusy = scene.worker.act() || isBusy;
      for (const [side, peer] of [
        ["host", scene.host],
        ["worker", scene.worker],
      ] as const) {
        while (peer.output.length > 0) {
          touched += scene.passes(side, most) ? 0 : 1;
        }
      }
    }
  }
  return touched;
}

describe("chunks pass untouched again", () => {
  test("as soon as a replay is answered, though its bytes are not credited yet", () => {
    const scene = calmScene();
    expect(touchedChunks(scene, ["before"])).toBe(0);
    replay(scene, "r");
    expect(touchedChunks(scene, ["meanwhile"])).toBeGreaterThan(0);
    scene.worker.act();
    while (scene.carry("worker", 1000)) {}
    expect(scene.atHost.get(1)?.filter((text) => text.endsWith(" r"))).toEqual([]);
    expect(touchedChunks(scene, ["a", "b", "c"])).toBe(0);
    expect(scene.atHost.get(1)?.slice(-2)).toEqual(["log c", "response c"]);
  });

  test("wherever they are cut, once the worker has had time to say all there is to say of it", () => {
    const scene = calmScene();
    replay(scene, "r");
    scene.settle();
    scene.clock.nanos += 3 * SECOND;
    for (const most of [1, 7, 61]) {
      expect(touchedChunks(scene, [`${most}a`, `${most}b`], most)).toBe(0);
    }
  });

  test("when the receiver has credited what was put in, of which the sender hears nothing", () => {
    const scene = calmScene();
    replay(scene, "r", 30_000);
    scene.settle();
    replay(scene, "s", 30_000);
    while (scene.worker.act()) {}
    scene.carry("worker", 1_000_000);
    scene.worker.read(1);
    // Credit for nothing but the replay: the sender gets none of it.
    expect(scene.passes("worker")).toBe(false);
    expect(touchedChunks(scene, ["a", "b"])).toBe(0);
    scene.worker.read(1);
    expect(scene.passes("worker")).toBe(true);
  });

  test("when a rule is taken away that held, in both directions", () => {
    const scene = calmScene();
    const rule = (direction: "to-host" | "to-worker", kind: number, n: number): HoldRule => {
      return {
        rule: n,
        stream: 1,
        direction,
        kinds: new Set([kind]),
        functionIds: undefined,
        ask: false,
        limitNanos: 1e12,
      };
    };
    scene.connection.hold(rule("to-worker", REQUEST, 1));
    scene.connection.hold(rule("to-host", RESPONSE, 2));
    scene.host.write(1, grpc(message(REQUEST, "a", 200)));
    scene.settle();
    expect(scene.atWorker.get(1)).toBeUndefined();
    scene.connection.unhold(1, false);
    scene.deliver();
    scene.settle();
    expect(scene.atHost.get(1)).toEqual(["log a"]);
    scene.connection.unhold(2, false);
    scene.deliver();
    scene.settle();
    expect(scene.atHost.get(1)).toEqual(["log a", "response a"]);
    for (const most of [undefined, 61]) {
      expect(touchedChunks(scene, [`b${most}`, `c${most}`], most)).toBe(0);
    }
  });

  test("when nobody waits for a replay any more that is not answered", () => {
    const scene = calmScene();
    scene.worker.read(1);
    replay(scene, "r");
    // Its answer lies here, unsaid.
    scene.connection.giveUp(1, "r");
    scene.host.write(3, grpc(message(REQUEST, "a", 200)));
    scene.host.act();
    expect(scene.passes("host")).toBe(true);
    scene.worker.act();
    // It comes after all, and goes no further.
    scene.settle();
    expect(scene.atHost.get(1)).toBeUndefined();
    expect(scene.atHost.get(3)).toEqual(["log a", "response a"]);
  });
});

test("a replay that is given up before it has begun is not sent", () => {
  const scene = calmScene();
  replay(scene, "large", 100_000);
  replay(scene, "r");
  scene.connection.giveUp(1, "r");
  scene.settle();
  expect(scene.atWorker.get(1)).toEqual(["request large"]);
  expect(scene.reports).toEqual([
    { report: "replay-sent", invocationId: "large" },
    { report: "replay-failed", invocationId: "r", reason: "it was given up" },
  ]);
});

describe("what a worker logs of a replay behind its answer", () => {
  test.each([
    { when: "at once", nanos: 0, most: 7 },
    { when: "half a minute later", nanos: 30 * SECOND, most: undefined },
  ])("goes no further: $when", ({ nanos, most = 1_000_000 }) => {
    const scene = calmScene();
    replay(scene, "r");
    scene.settle();
    scene.clock.nanos += nanos;
    scene.worker.write(1, grpc(message(LOG, "r", 20)));
    scene.worker.write(1, grpc(message(LOG, "own", 20)));
    while (scene.worker.act()) {}
    while (scene.carry("worker", most)) {}
    expect(scene.atHost.get(1)).toEqual(["log own"]);
    expect(scene.events.filter(({ type }) => type === "swallowed")).toHaveLength(3);
  });
});
