import { http2Writer } from "@inspector/testkit";
import type { Side } from "@inspector/wire/frames";
import { expect, test } from "vitest";
import { ByteBudget } from "./byte-budget.ts";
import { InterveningConnection } from "./connection.ts";
import { Holding } from "./holding.ts";

const { frame, preface, settings } = http2Writer;
const HEADERS = 1;
const END_HEADERS = 4;

test("what fails in the middle of intervening ends the connection: nobody reads on where something is missing", () => {
  let isBroken = false;
  const connection = new InterveningConnection({
    id: 1,
    rewrite: undefined,
    holding: new Holding(),
    orders: new ByteBudget(1000),
    mayWrite: () => true,
    write: () => {},
    record: () => {
      throw new Error("the journal is a fault");
    },
    report: () => {},
    broken: () => {
      isBroken = true;
    },
    nextHeldId: () => 1,
    nanos: () => 0,
  });
  const say = (side: Side, ...parts: Uint8Array[]): boolean => {
    const bytes = Buffer.concat(parts);
    return connection.push(side, bytes, bytes.length);
  };
  const opening = frame(HEADERS, END_HEADERS, 1, new Uint8Array(3));
  expect(say("worker", preface, settings(), opening)).toBe(true);
  expect(say("host", settings(), opening)).toBe(true);
  const mark = { run: 1, n: 1, isEdited: false };
  const replay = { stream: 1, invocationId: "a", mark, message: new Uint8Array(10) };
  expect(() => connection.replay(replay)).toThrow("the journal is a fault");
  expect(isBroken).toBe(true);
});
