import { describe, expect, test } from "vitest";
import { describeWith } from "./byte-equality.ts";
import { expectDelivered, expectRecorded, runRecorded } from "./pairing.ts";
import { prepare, STACKS } from "./peers/toolchains.ts";
import { oneMessage, workersAtOnce } from "./traffic.ts";

const node = await prepare("node");

for (const stack of STACKS.filter((one) => one !== "node")) {
  describeWith([await prepare(stack)], `a ${stack} worker`, ([worker = node]) => {
    test("sends 20 MiB in one message, and the session has every byte", async () => {
      const scripts = [oneMessage("20 MiB", 20)];
      const { recorded, ...reports } = await runRecorded({ worker, host: node }, scripts);
      expectDelivered(reports, scripts);
      expectRecorded(recorded, scripts);
    });
  });
}

describe("a node worker", () => {
  test("sends 256 MiB in one message, and the session has every byte", async () => {
    const scripts = [oneMessage("256 MiB", 256)];
    const { recorded, ...reports } = await runRecorded({ worker: node, host: node }, scripts);
    expectDelivered(reports, scripts);
    expectRecorded(recorded, scripts);
    // Too large to be one JSON document: the bytes are there, the message is not.
    expect(recorded.messages.find(({ size }) => size > 1000)?.message).toBeNull();
  });
});

test("up to ten workers at once keep their messages apart, each in its order", async () => {
  const scripts = [1, 2, 5, 10].map(workersAtOnce);
  const { recorded, ...reports } = await runRecorded({ worker: node, host: node }, scripts);
  expectDelivered(reports, scripts);
  expectRecorded(recorded, scripts);
});
