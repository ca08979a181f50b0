import { describe, expect, test } from "vitest";
import { foundBy, rulesIn } from "../../testing/problems-in.ts";

const STARTED = (agent: string, encoding = "encoding=identity"): string => `
  1 ms  worker  start_stream         worker=w1 agent=${agent} ${encoding}
  2 ms  host    worker_init_request`;
const DEAD = `
  3 ms  event   process-output       workerId=w1 stream=stderr text="Can't find decompressor for identity"
  4 ms  worker  lost
  5 ms  event   process-exited       workerId=w1 code=255`;
const ANSWERED = `
  9 ms  worker  worker_init_response runtime=java`;

describe("an encoding that the host names", () => {
  test("is what a Java worker died of that answered nothing, in its own words", () => {
    expect(foundBy("named-encoding", STARTED("grpc-java-netty/1.67.1"), DEAD)).toMatchObject([
      {
        severity: "error",
        title: expect.stringContaining('"grpc-encoding: identity"'),
        consequence: expect.stringContaining("answered nothing"),
        quote: "Can't find decompressor for identity",
      },
    ]);
  });

  test("is a danger to a Java worker that has not answered yet", () => {
    expect(foundBy("named-encoding", STARTED("grpc-java-netty/1.67.1"))).toMatchObject([
      { severity: "warning", consequence: expect.stringContaining("so far") },
    ]);
  });

  test.each([
    ["of another worker", STARTED("grpc-node-js/1.8.18") + DEAD],
    ["of a Java worker that goes on", STARTED("grpc-java-netty/1.67.1") + ANSWERED],
    ["where the host names none", STARTED("grpc-java-netty/1.67.1", "") + DEAD],
  ])("is not the cause %s", (_, table) => {
    expect(rulesIn(table)).not.toContain("named-encoding");
  });
});
