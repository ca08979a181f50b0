/**
 * Statement and evidence: each verdict in a scene in which it is true, in one that looks the same on the surface and has
 * another cause, and in one in which the evidence is missing. The sentence differs in each.
 */
import type { Verdict } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import { NODE, problemsIn } from "../../testing/problems-in.ts";
import { CALLS } from "../../testing/verdicts/calls.ts";
import { CAUSES } from "../../testing/verdicts/causes.ts";
import { FUNCTIONS } from "../../testing/verdicts/functions.ts";
import { PROCESSES } from "../../testing/verdicts/processes.ts";
import { busyExited, EMPTY_LIST, listed, REQUEST, SPAWNED, STARTED } from "../../testing/verdicts/scenes.ts";
import { START } from "../../testing/verdicts/start.ts";
import { VERDICTS } from "./verdict-words.ts";

const ALL = [...START, ...FUNCTIONS, ...PROCESSES, ...CALLS, ...CAUSES];

function verdictIn(table: string): Verdict | undefined {
  return problemsIn(table).verdicts[0];
}

test("every verdict has its scenes", () => {
  expect([...new Set(ALL.map(({ kind }) => kind))].sort()).toEqual([...VERDICTS].sort());
});

describe.each([
  ["on a worker's start", START],
  ["on a host without functions", FUNCTIONS],
  ["on the end of a process", PROCESSES],
  ["on the end of a call", CALLS],
  ["with a known cause", CAUSES],
])("a verdict %s follows its evidence", (_, rows) => {
  test.each(rows)("$name", ({ kind, isTrue, other, missing, quote, advice }) => {
    const scenes = [isTrue, other, missing];
    const found = scenes.map(([table]) => verdictIn(table));
    const sentences = found.map((one) => one?.sentence);
    expect(sentences).toEqual(scenes.map(([, sentence]) => sentence));
    // Where nothing is to be said, nothing is said twice.
    const isSilent = sentences[1] === undefined && sentences[2] === undefined;
    expect(new Set(sentences).size).toBe(isSilent ? 2 : 3);
    expect(found[0]?.kind).toBe(kind);
    expect(found[0]?.advice).toMatch(advice);
    if (quote !== undefined) {
      expect(found[0]?.quote).toBe(quote);
    }
    for (const told of found) {
      expect(told?.advice ?? "Nothing.").toMatch(/^[A-Z].*\.$/su);
    }
  });
});

describe("a quote", () => {
  const quoteIn = (table: string): string | undefined => verdictIn(table)?.quote;

  test("is of the end, not of a warning long before", () => {
    const early =
      '1 ms event process-output workerId=w1 stream=stderr text="Error: a cache is cold, which does no harm"';
    const crash = (at: string): string =>
      `${SPAWNED}\n${early}\n${NODE}\n${at} relay lost\n${at} event process-exited workerId=w1 code=1`;
    expect(quoteIn(crash("17 s"))).toBeUndefined();
    expect(quoteIn(crash("2 s"))).toBe("Error: a cache is cold, which does no harm");
    const busy = `${crash("17 s")}\n20 ms host invocation_request id=i1 function=hello`;
    expect(quoteIn(busy)).toBeUndefined();
  });

  test("is the last log of what was in flight where nothing was written", () => {
    const logs = '21 ms worker rpc_log id=i1 text="reading"\n22 ms worker rpc_log id=i1 text="writing order 7"';
    expect(quoteIn(`${busyExited("code=1")}\n${logs}`)).toBe("writing order 7");
    expect(quoteIn(`${busyExited("code=1", "last words")}\n${logs}`)).toBe("last words");
  });

  test("is the worker's own error log where a step fails without a reason", () => {
    const log = '3 ms worker rpc_log text="the app is not there" level=Error category=System';
    const table = `${STARTED}\n${log}\n4 ms worker worker_init_response status=Failure`;
    expect(quoteIn(table)).toBe("the app is not there");
    expect(verdictIn(table)?.sentence).toMatch(/Failure; it had logged "the app is not there"\.$/u);
  });

  test("is not what the answer brings, where it says Failure and no reason", () => {
    expect(quoteIn(listed("status=Failure"))).toBeUndefined();
    expect(quoteIn(`${STARTED}\n4 ms worker worker_init_response status=Failure runtime=node`)).toBeUndefined();
  });

  test("is not of a log behind the list of functions", () => {
    const table = `${listed(EMPTY_LIST)}\n9 s worker rpc_log level=Error text="the queue is gone" category=System`;
    expect(quoteIn(table)).toBeUndefined();
    expect(verdictIn(table)?.sentence).toMatch(
      /listed none and there is no function\.json; it wrote nothing about it\.$/u,
    );
  });
});

test("what to try after a connection that closed follows what is known of the process", () => {
  const closed = `${NODE}\n${REQUEST}\n30 ms relay lost`;
  const exitedLater = "9 s event process-exited workerId=w1 code=1";
  expect(verdictIn(closed)?.advice).toMatch(/^Its process was not recorded/u);
  expect(verdictIn(`${SPAWNED}\n${closed}`)?.advice).toMatch(/^No end of its process was recorded/u);
  expect(verdictIn(`${SPAWNED}\n${closed}\n${exitedLater}`)).toMatchObject({
    sentence: expect.stringContaining("its process ended with exit code 1"),
    advice: expect.stringMatching(/^The call ended before the process did/u),
  });
});
