import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDice, createScene, grpc, openStreams, step, textOf } from "../../testing/scene.ts";
import { LOG, message, REQUEST, RESPONSE } from "../../testing/short-messages.ts";
import { createWideConnection, type WideConnection } from "../../testing/wide-connection.ts";
import type { HoldRule } from "./rules.ts";

const MIB = 1024 * 1024;
const SECOND = 1e9;

function holdRule(direction: "to-host" | "to-worker", kind: number, more: Partial<HoldRule> = {}): HoldRule {
  const limitNanos = 300 * SECOND;
  return {
    rule: 1,
    stream: 1,
    direction,
    kinds: new Set([kind]),
    functionIds: undefined,
    ask: false,
    limitNanos,
    ...more,
  };
}

function heldIds({ reports }: WideConnection): (string | undefined)[] {
  return reports.flatMap((one) => (one.report === "held" ? [one.invocationId] : []));
}

function texts(messages: readonly Buffer[]): string[] {
  return messages.map(textOf);
}

describe("held messages have so much room together", () => {
  test("what has none passes, and so does all that rules match until half of it is free", () => {
    const wide = createWideConnection({ heldBytes: 10 * MIB });
    const { connection, holding } = wide;
    connection.hold(wide.rule("to-worker", REQUEST));
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let n = 0; n < 150; n++) {
      wide.say("host", message(REQUEST, `h${n}`, MIB));
      wide.got.worker.length = 0;
      wide.reports.length = Math.min(wide.reports.length, 9);
      most = Math.max(most, holding.state.bytes);
    }
    expect(heldIds(wide)).toEqual(Array.from({ length: 9 }, (_, n) => `h${n}`));
    expect(holding.state).toMatchObject({ messages: 9, isPaused: true });
    expect(most).toBeLessThanOrEqual(10 * MIB);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(75 * MIB);
    expect(holding.takePassed()).toEqual([[1, 141]]);
    // It would have room.
    wide.say("host", message(REQUEST, "small", 10));
    expect(texts(wide.got.worker)).toEqual(["request small"]);
    for (const held of [1, 2, 3, 4, 5]) {
      connection.release(held, "release");
    }
    expect(holding.state.isPaused).toBe(false);
    wide.say("host", message(REQUEST, "again", 10));
    expect(heldIds(wide).at(-1)).toBe("again");
  });

  test("so many are held at once, however small they are", () => {
    const wide = createWideConnection();
    wide.connection.hold(wide.rule("to-worker", REQUEST));
    for (let n = 0; n < 5_001; n++) {
      wide.say("host", message(REQUEST, `h${n}`, 10));
    }
    expect(wide.holding.state).toMatchObject({ messages: 5_000, isPaused: true });
    expect(texts(wide.got.worker)).toEqual(["request h5000"]);
    wide.connection.hubGone();
    expect(wide.got.worker).toHaveLength(5_001);
  });

  test("what is released counts until its receiver has taken it", () => {
    const scene = createScene(createDice(1), [65_535], 400, 10 * MIB);
    openStreams(scene, [1]);
    scene.connection.hold(holdRule("to-worker", REQUEST));
    scene.host.write(1, grpc(message(REQUEST, "a", MIB)));
    for (let n = 0; n < 1000; n++) {
      scene.host.act();
      scene.carry("host", 100_000);
      scene.host.read(1);
      scene.carry("worker", 0);
    }
    scene.settle();
    expect(scene.holding.state.messages).toBe(1);
    scene.connection.release(1, "release");
    expect(scene.holding.state.messages).toBe(1);
    scene.deliver();
    scene.settle();
    expect(scene.atWorker.get(1)).toEqual(["request a"]);
    expect(scene.holding.state).toMatchObject({ messages: 0, bytes: 0 });
  });

  test.each(["reset", "dropped", "closed"])("what is %s gives its room back", (how) => {
    const scene = createScene(createDice(1), [65_535], 400);
    openStreams(scene, [1]);
    scene.connection.hold(holdRule("to-worker", REQUEST));
    scene.host.write(1, grpc(message(REQUEST, "a", 1000)));
    scene.host.write(1, grpc(message(REQUEST, "half", 5000)).subarray(0, 3000));
    scene.settle();
    expect(scene.holding.state.messages).toBe(2);
    if (how === "dropped") {
      scene.connection.release(1, "drop");
      scene.deliver();
    }
    if (how === "closed") {
      scene.connection.close();
    } else {
      scene.host.reset(1);
      scene.settle();
    }
    expect(scene.holding.state).toMatchObject({ messages: 0, bytes: 0 });
  });
});

test("what is larger than any message that is held passes, though a rule matches it and there is room", () => {
  const wide = createWideConnection({ heldBytes: 256 * MIB });
  wide.connection.hold(wide.rule("to-host", RESPONSE));
  wide.say("worker", message(RESPONSE, "large", 65 * MIB));
  wide.say("worker", message(RESPONSE, "small", 100));
  expect(texts(wide.got.host)).toEqual(["response large"]);
  expect(heldIds(wide)).toEqual(["small"]);
  expect(wide.holding.state).toMatchObject({ messages: 1, isPaused: false });
});

describe("a message that has no room behind a held one of its invocation", () => {
  test.each([
    { why: "it is larger than any that is held", size: 65 * MIB, heldBytes: 256 * MIB },
    { why: "there is no more", size: 2 * MIB, heldBytes: MIB },
  ])("lets go of that, which it does not overtake: $why", ({ size, heldBytes }) => {
    const wide = createWideConnection({ heldBytes });
    wide.connection.hold(wide.rule("to-host", LOG));
    wide.say("worker", message(LOG, "a", 100));
    wide.say("worker", message(LOG, "b", 100));
    expect(heldIds(wide)).toEqual(["a", "b"]);
    wide.say("worker", message(RESPONSE, "a", size));
    expect(texts(wide.got.host)).toEqual(["log a", "response a"]);
    expect(wide.reports.at(-1)).toEqual({ report: "released", held: 1, rule: 1, action: "release", reason: "no-room" });
    expect(wide.holding.state.messages).toBe(1);
  });
});

describe("a held message goes on by itself", () => {
  test("when its rule's limit is over", () => {
    const scene = createScene(createDice(1), [65_535], 400);
    openStreams(scene, [1]);
    scene.connection.hold(holdRule("to-worker", REQUEST, { limitNanos: 60 * SECOND }));
    scene.host.write(1, grpc(message(REQUEST, "a", 100)));
    scene.settle();
    scene.clock.nanos += 59 * SECOND;
    scene.connection.releaseOverdue();
    expect(scene.atWorker.get(1)).toBeUndefined();
    scene.clock.nanos += SECOND;
    scene.connection.releaseOverdue();
    scene.deliver();
    expect(scene.atWorker.get(1)).toEqual(["request a"]);
    expect(scene.reports.at(-1)).toEqual({
      report: "released",
      held: 1,
      rule: 1,
      action: "release",
      reason: "time-limit",
    });
  });

  test("when the hub that wanted to look at it says nothing, but not when it says that it stays", () => {
    const scene = createScene(createDice(1), [65_535], 400);
    openStreams(scene, [1]);
    scene.connection.hold(holdRule("to-worker", REQUEST, { ask: true }));
    for (const id of ["a", "b"]) {
      scene.host.write(1, grpc(message(REQUEST, id, 100)));
    }
    scene.settle();
    scene.connection.keep(2);
    scene.clock.nanos += 3 * SECOND;
    scene.connection.releaseOverdue();
    scene.deliver();
    expect(scene.atWorker.get(1)).toEqual(["request a"]);
    expect(scene.reports.at(-1)).toEqual({
      report: "released",
      held: 1,
      rule: 1,
      action: "release",
      reason: "no-verdict",
    });
    scene.clock.nanos += 300 * SECOND;
    scene.connection.releaseOverdue();
    scene.deliver();
    expect(scene.atWorker.get(1)).toEqual(["request a", "request b"]);
  });
});

test("messages that the hub sends have so much room together until they have left, and the next is said to have none", () => {
  const wide = createWideConnection({ orderBytes: 3 * MIB });
  const mark = { run: 1, n: 1, isEdited: false };
  const replay = (id: string): void => {
    wide.connection.replay({ stream: 1, invocationId: id, mark, message: message(REQUEST, id, MIB) });
  };
  wide.isWritable = false;
  for (const id of ["a", "b", "c"]) {
    replay(id);
  }
  const reason = "3 MiB of messages wait to be sent already";
  expect(wide.reports).toEqual([{ report: "replay-failed", invocationId: "c", reason }]);
  wide.isWritable = true;
  wide.connection.drained("worker");
  expect(texts(wide.got.worker)).toEqual(["request a", "request b"]);
  replay("d");
  expect(texts(wide.got.worker).at(-1)).toBe("request d");
});

test("a request whose answer has no room goes on to the worker", () => {
  const wide = createWideConnection({ orderBytes: 1000 });
  wide.connection.hold(wide.rule("to-worker", REQUEST));
  wide.say("host", message(REQUEST, "a", 10));
  wide.connection.release(1, "answer", message(RESPONSE, "a", 1000));
  expect(texts(wide.got.worker)).toEqual(["request a"]);
  expect(wide.got.host).toEqual([]);
  expect(wide.reports.at(-1)).toEqual({ report: "released", held: 1, rule: 1, action: "release", reason: "no-room" });
});

test.each([
  { windows: [1, 3, 20, 100], largest: 60 },
  { windows: [30, 500, 5000, 70_000], largest: 1000 },
])("messages of one invocation keep their order, whatever is held and released: windows of $windows", (sizes) => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const dice = createDice(seed);
      const scene = createScene(dice, sizes.windows, sizes.largest, 20_000);
      openStreams(scene, [1, 3]);
      const held: number[] = [];
      const sent: string[] = [];
      let isHeld = false;
      for (let n = 0; n < 400; n++) {
        step(scene);
        if (dice(15) === 0) {
          isHeld = !isHeld;
          isHeld ? scene.connection.hold(holdRule("to-host", LOG)) : scene.connection.unhold(1, dice(2) === 0);
          scene.deliver();
        }
        if (dice(8) === 0) {
          scene.host.write(1, grpc(message(REQUEST, `h${n}`, dice(sizes.largest))));
          sent.push(`h${n}`);
        }
        held.push(...scene.reports.splice(0).flatMap((one) => (one.report === "held" ? [one.held] : [])));
        if (dice(10) === 0) {
          const [one = 0] = held.splice(dice(Math.max(held.length, 1)), 1);
          scene.connection.release(one, "release");
          scene.deliver();
        }
      }
      scene.connection.hubGone();
      scene.deliver();
      scene.settle();
      const got = scene.atHost.get(1) ?? [];
      expect(got).toHaveLength(2 * sent.length);
      for (const id of sent) {
        expect(got.filter((text) => text.endsWith(` ${id}`))).toEqual([`log ${id}`, `response ${id}`]);
      }
      expect(scene.holding.state).toMatchObject({ messages: 0, bytes: 0 });
    }),
    { numRuns: 40 },
  );
});
