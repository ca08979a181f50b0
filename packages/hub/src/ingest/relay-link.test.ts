import { thisProcess } from "@inspector/relay/process-identity";
import { describe, expect, test } from "vitest";
import { isGone } from "./relay-link.ts";

const OTHER = { pid: thisProcess().pid, startedAt: 0, ticks: "1" };

function failed(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

describe("a relay that cannot be dialled", () => {
  test.each(["ENOENT", "ECONNREFUSED"])("with %s is gone if its process is", (code) => {
    expect(isGone(failed(code), OTHER)).toBe(true);
    expect(isGone(failed(code), undefined)).toBe(true);
  });

  test.each(["ENOENT", "ECONNREFUSED"])(
    "with %s is not gone while its process runs: its socket was removed",
    (code) => {
      expect(isGone(failed(code), thisProcess())).toBe(false);
    },
  );

  test.each(["EMFILE", "ENFILE", "EAGAIN", "EACCES", "ENOBUFS", "ETIMEDOUT"])(
    "with %s is not gone: the trouble is ours",
    (code) => {
      expect(isGone(failed(code), OTHER)).toBe(false);
    },
  );
});
