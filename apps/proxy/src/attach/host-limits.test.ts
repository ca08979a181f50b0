import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limitsIn } from "@inspector/session/limits";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hostLimitsIn } from "./host-limits.ts";

let app: string;
const MINUTE_MS = 60_000;

beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), "host-limits-"));
});
afterEach(() => rmSync(app, { recursive: true, force: true }));

function withHostJson(text: string) {
  writeFileSync(join(app, "host.json"), text);
  return hostLimitsIn([app], {}).limits;
}

describe("how long a host waits is known from functionTimeout", () => {
  test.each([
    ['{"version":"2.0","functionTimeout":"00:00:03"}', { index: MINUTE_MS, load: MINUTE_MS, invocation: 3000 }],
    ['\ufeff{ // long\n"FunctionTimeout":"02:00:00",}', { index: 7_200_000, load: 7_200_000, invocation: 7_200_000 }],
    ['{"functionTimeout":"-1"}', { index: MINUTE_MS, load: MINUTE_MS, invocation: null }],
    ['{"version":"2.0"}', undefined],
    ['{"functionTimeout":"soon"}', undefined],
    ['{"functionTimeout":{"a":1}}', undefined],
    ["not json", undefined],
  ])("in %s", (text, limits) => {
    expect(withHostJson(text)).toEqual(limits);
  });

  test("in a setting, which beats host.json, and in the folder that the variables name", () => {
    const other = join(app, "other");
    mkdirSync(other);
    writeFileSync(join(other, "host.json"), '{"functionTimeout":"00:05:00"}');
    expect(hostLimitsIn([app, other], {}).limits?.invocation).toBe(5 * MINUTE_MS);
    expect(hostLimitsIn([app, other], { AzureFunctionsJobHost__functionTimeout: "00:10:00" }).limits?.invocation).toBe(
      10 * MINUTE_MS,
    );
    expect(hostLimitsIn([undefined, app], {})).toEqual({});
  });

  test("and is what rules judge by", () => {
    const { limits } = hostLimitsIn([app], { "AzureFunctionsJobHost:functionTimeout": "00:02:00" });
    expect(limitsIn({ limits })).toEqual(
      new Map([
        ["index", 120e9],
        ["load", 120e9],
      ]),
    );
  });
});
