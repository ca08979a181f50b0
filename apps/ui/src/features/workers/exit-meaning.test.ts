import { describe, expect, test } from "vitest";
import { explainExit } from "./exit-meaning.ts";

const exit = (how: { exitCode?: number; signal?: string }) => explainExit({ output: [], exitedAt: 1, ...how });

describe("the end of a process", () => {
  test("is unknown while it runs", () => {
    expect(explainExit({ output: [] })).toBeUndefined();
  });
  test("with code 0 is no error, and yet the host starts no other", () => {
    expect(exit({ exitCode: 0 })).toMatchObject({ tone: "mute", meaning: expect.stringContaining("starts no other") });
  });
  test("with code 200 is a wish", () => {
    expect(exit({ exitCode: 200 })).toMatchObject({ tone: "info", label: "exit code 200" });
  });
  test("by a signal names it, also where a shell made a code of it", () => {
    expect(exit({ signal: "SIGKILL" })).toMatchObject({ tone: "bad", label: "SIGKILL" });
    expect(exit({ exitCode: 137 })).toMatchObject({
      tone: "bad",
      meaning: expect.stringMatching(/^SIGKILL: .*memory/),
    });
    expect(exit({ exitCode: 143 })).toMatchObject({ tone: "warn", meaning: expect.stringMatching(/^SIGTERM/) });
  });
  test("by a Windows status is written as people look it up, signed or not", () => {
    expect(exit({ exitCode: -1073741819 })?.label).toBe("exit code 0xC0000005");
    expect(exit({ exitCode: 3221225477 })?.meaning).toContain("access violation");
  });
  test("with a code of its own says so", () => {
    expect(exit({ exitCode: 42 })).toMatchObject({ tone: "bad", label: "exit code 42" });
  });
  test("behind the host's terminate is what it asked for, whatever the code", () => {
    const steps = [{ step: "terminate", startedAt: 1 }] as const;
    for (const how of [{ exitCode: 0 }, { exitCode: 143 }, { signal: "SIGTERM" }]) {
      expect(explainExit({ output: [], exitedAt: 2, ...how }, steps)).toMatchObject({
        tone: "mute",
        meaning: "the host had asked it to end",
      });
    }
    expect(explainExit({ output: [], exitedAt: 2, exitCode: 1 }, steps)).toMatchObject({ tone: "bad" });
    expect(explainExit({ output: [], exitedAt: 0, exitCode: 0 }, steps)?.meaning).toContain("starts no other");
    expect(exit({ exitCode: 0 })?.meaning).not.toContain("by itself");
  });
  test("by the host is the host's, and a process that could not be started says why", () => {
    const process = { output: [], exitedAt: 2 };
    expect(explainExit({ ...process, signal: "SIGKILL", endedByHost: "function-timeout" })?.meaning).toMatch(
      /functionTimeout/u,
    );
    expect(explainExit({ ...process, signal: "SIGKILL", endedByHost: "stop" })).toMatchObject({ tone: "mute" });
    expect(explainExit({ ...process, failure: "there is no command python" })).toMatchObject({
      label: "not started",
      meaning: "there is no command python",
    });
  });
  test("that nobody saw is still an end", () => {
    expect(exit({})).toMatchObject({ tone: "warn", label: "exited" });
  });
});
