import fc from "fast-check";
import { expect, test } from "vitest";
import { createDice, createScene, grpc, openStreams, push, step } from "../../testing/scene.ts";
import { message, REQUEST, RESPONSE } from "../../testing/short-messages.ts";
import type { HoldRule } from "./rules.ts";

const seeds = fc.integer();
/** Windows and the size of messages: what is tiny, and what is usual. */
const SIZES = [
  { windows: [1, 3, 20, 100], largest: 60 },
  { windows: [30, 500, 5000, 70_000], largest: 1000 },
  { windows: [16_384, 65_535, 1_000_000, 2 ** 31 - 1], largest: 40_000 },
];

test("what nobody intervenes in passes as the same bytes, wherever it is cut", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const scene = createScene(createDice(seed), [65_535, 1_000_000, 2 ** 31 - 1], 400);
      openStreams(scene, [1]);
      const passed = scene.connection;
      for (let n = 0; n < 10; n++) {
        scene.host.write(1, grpc(message(REQUEST, `h${n}`, scene.dice(3000))));
        scene.host.act();
        const chunk = scene.host.output;
        scene.host.output = Buffer.alloc(0);
        expect(passed.push("host", chunk, chunk.length)).toBe(true);
        scene.worker.receive(chunk);
        scene.worker.read(1);
        const back = scene.worker.output;
        scene.worker.output = Buffer.alloc(0);
        expect(passed.push("worker", back, back.length)).toBe(true);
        scene.host.receive(back);
      }
    }),
    { numRuns: 20 },
  );
});

test.each(SIZES)(
  "replays are answered to nobody, and the host's own traffic comes whole and in order: windows of $windows",
  ({ windows, largest }) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const dice = createDice(seed);
        const scene = createScene(dice, windows, largest);
        openStreams(scene, [1, 3]);
        const sent = new Map<number, string[]>();
        let replays = 0;
        for (let n = 0; n < 400; n++) {
          step(scene);
          const stream = dice(2) === 0 ? 1 : 3;
          if (dice(8) === 0) {
            scene.host.write(stream, grpc(message(REQUEST, `h${n}`, dice(largest))));
            push(sent, stream, `h${n}`);
          }
          if (dice(12) === 0) {
            const invocationId = `r${n}`;
            replays++;
            scene.connection.replay({
              stream: 1,
              invocationId,
              mark: { run: 1, n, isEdited: false },
              message: message(REQUEST, invocationId, dice(largest)),
            });
            scene.deliver();
          }
        }
        scene.settle();
        for (const stream of [1, 3]) {
          const ids = sent.get(stream) ?? [];
          const own = (scene.atWorker.get(stream) ?? []).filter((text) => text.startsWith("request h"));
          expect(own).toEqual(ids.map((id) => `request ${id}`));
          expect(scene.atHost.get(stream) ?? []).toEqual(ids.flatMap((id) => [`log ${id}`, `response ${id}`]));
        }
        expect((scene.atWorker.get(1) ?? []).filter((text) => text.startsWith("request r"))).toHaveLength(replays);
        expect(scene.events.filter(({ type }) => type === "injected")).toHaveLength(replays);
        expect(scene.events.filter(({ type }) => type === "swallowed")).toHaveLength(2 * replays);
        expect(scene.reports.filter(({ report }) => report === "replay-sent")).toHaveLength(replays);
      }),
      { numRuns: 20 },
    );
  },
);

test.each(SIZES)(
  "what is held and dropped, released, replaced or answered leaves all else alone: windows of $windows",
  (sizes) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const dice = createDice(seed);
        const scene = createScene(dice, sizes.windows, sizes.largest);
        openStreams(scene, [1, 3]);
        const rule = (direction: "to-host" | "to-worker", kind: number, n: number): HoldRule => {
          return {
            rule: n,
            stream: 1,
            direction,
            kinds: new Set([kind]),
            functionIds: undefined,
            ask: false,
            limitNanos: 1e9,
          };
        };
        scene.connection.hold(rule("to-worker", REQUEST, 1));
        scene.connection.hold(rule("to-host", RESPONSE, 2));
        const sent = new Map<number, string[]>();
        const actions = ["release", "release", "drop", "replace", "answer"] as const;
        const decided = new Map<string, string>();
        const decide = (): void => {
          for (const report of scene.reports.splice(0)) {
            if (report.report !== "held") {
              continue;
            }
            const action = actions[dice(report.kind === REQUEST ? actions.length : 3)] ?? "release";
            const id = report.invocationId ?? "";
            if (report.kind === REQUEST) {
              decided.set(id, action);
            } else if (action === "drop") {
              decided.set(id, "no response");
            }
            const instead = action === "replace" ? message(REQUEST, `e${id}`, 30) : message(RESPONSE, id, 3);
            scene.connection.release(report.held, action, instead);
            scene.deliver();
          }
        };
        for (let n = 0; n < 300; n++) {
          step(scene);
          if (dice(8) === 0) {
            const stream = dice(2) === 0 ? 1 : 3;
            scene.host.write(stream, grpc(message(REQUEST, `h${n}`, dice(sizes.largest))));
            push(sent, stream, `h${n}`);
          }
          if (dice(20) === 0) {
            decide();
          }
        }
        scene.settle();
        for (let isHeld = true; isHeld; ) {
          isHeld = scene.reports.some(({ report }) => report === "held");
          decide();
          scene.settle();
        }
        const untouched = sent.get(3) ?? [];
        expect(scene.atWorker.get(3) ?? []).toEqual(untouched.map((id) => `request ${id}`));
        expect(scene.atHost.get(3) ?? []).toEqual(untouched.flatMap((id) => [`log ${id}`, `response ${id}`]));
        const ids = sent.get(1) ?? [];
        const atWorker = ids.flatMap((id) => {
          if (decided.get(id) === "drop" || decided.get(id) === "answer") {
            return [];
          }
          return decided.get(id) === "replace" ? [`request e${id}`] : [`request ${id}`];
        });
        expect([...(scene.atWorker.get(1) ?? [])].sort()).toEqual(atWorker.sort());
        const logs = (scene.atHost.get(1) ?? []).filter((text) => text.startsWith("log"));
        expect(logs.sort()).toEqual(atWorker.map((text) => text.replace("request", "log")).sort());
      }),
      { numRuns: 20 },
    );
  },
);

test.each(SIZES)(
  "streams end and are reset as without us while replays flow: windows of $windows",
  ({ windows, largest }) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const dice = createDice(seed);
        const scene = createScene(dice, windows, largest);
        openStreams(scene, [1, 3, 5, 7]);
        const sent = new Map<number, string[]>();
        const over = new Set<number>();
        for (let n = 0; n < 300; n++) {
          step(scene);
          const stream = 1 + 2 * dice(4);
          if (dice(3) === 0 && !over.has(stream)) {
            scene.host.write(stream, grpc(message(REQUEST, `h${n}`, dice(largest))));
            push(sent, stream, `h${n}`);
          }
          if (dice(8) === 0) {
            const invocationId = `r${n}`;
            const mark = { run: 1, n, isEdited: false };
            scene.connection.replay({
              stream,
              invocationId,
              mark,
              message: message(REQUEST, invocationId, dice(largest)),
            });
            scene.deliver();
          }
          if (dice(60) === 0 && !over.has(stream)) {
            over.add(stream);
            if (stream === 7) {
              (dice(2) === 0 ? scene.host : scene.worker).reset(stream);
            } else {
              scene.host.endings.set(stream, (["data", "trailers", "trailers-and-reset"] as const)[dice(3)] ?? "data");
            }
          }
        }
        scene.settle();
        for (const stream of [1, 3, 5]) {
          const got = (scene.atWorker.get(stream) ?? []).filter((text) => text.startsWith("request h"));
          expect(got).toEqual((sent.get(stream) ?? []).map((id) => `request ${id}`));
          expect(scene.ends.includes(`worker ${stream}`)).toBe(over.has(stream));
          expect((scene.atHost.get(stream) ?? []).filter((text) => text.includes(" r"))).toEqual([]);
        }
        expect(scene.worker.streams.get(7)?.reset).toBe(over.has(7));
        expect(scene.host.streams.get(7)?.reset).toBe(over.has(7));
      }),
      { numRuns: 25 },
    );
  },
);

test("the credit for replays never makes a window overflow, however large it is", () => {
  const scene = createScene(createDice(1), [2 ** 31 - 1], 400);
  openStreams(scene, [1]);
  // What a peer with unused credit has for the connection, as for the stream: all that there can be.
  scene.worker.grow();
  scene.host.grow();
  scene.settle();
  for (let n = 0; n < 20; n++) {
    const mark = { run: 1, n, isEdited: false };
    scene.connection.replay({ stream: 1, invocationId: `r${n}`, mark, message: message(REQUEST, `r${n}`, 100_000) });
    scene.deliver();
    scene.settle();
  }
  scene.host.write(1, grpc(message(REQUEST, "h", 20)));
  scene.settle();
  expect(scene.atWorker.get(1)).toHaveLength(21);
  expect(scene.atHost.get(1)).toEqual(["log h", "response h"]);
});
