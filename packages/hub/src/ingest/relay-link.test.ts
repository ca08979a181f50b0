import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { thisProcess } from "@inspector/relay/process-identity";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeFolder } from "../../testing/served-sessions.ts";
import { createRelayLink, isGone } from "./relay-link.ts";

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

test("a relay that was gone is not any more once the trouble with dialling it is ours", async () => {
  const folder = makeFolder();
  onTestFinished(() => folder.remove());
  const place = join(folder.root, "journal");
  const link = createRelayLink(join(place, "control.sock"), undefined);
  onTestFinished(() => link.close());
  await expect.poll(() => link.goneFor).toBeGreaterThan(0);
  // ENOTDIR, which says nothing of who listens.
  writeFileSync(place, "");
  await expect.poll(() => link.goneFor).toBe(0);
});
