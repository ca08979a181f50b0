/** The page under a name that `--ui` gives it. */
import { lookup } from "node:dns/promises";
import { request } from "node:http";
import { hostname } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { type InspectorProcess, startInspector, type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";

const NAME = hostname().toLowerCase();
const isKnown = await lookup(NAME).then(
  () => true,
  () => false,
);

let state: TemporaryFolder;
let inspector: InspectorProcess;

beforeEach(() => {
  state = temporaryFolder();
});

afterEach(async () => {
  await inspector.stop();
  state.remove();
});

/** The status of the session under that name; 0 where nobody answers. */
function statusUnder(name: string): Promise<number> {
  const { hostname: host, port, searchParams } = new URL(inspector.ui);
  const headers = { host: `${name}:${port}`, authorization: `Bearer ${searchParams.get("token")}` };
  return new Promise((resolve) => {
    request({ host, port, path: "/api/session", headers, agent: false }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    })
      .on("error", () => resolve(0))
      .end();
  });
}

test.skipIf(!isKnown || process.platform !== "linux")(
  "goes by it, also when its hub was killed and started again",
  async () => {
    const args = ["--listen", "0", "--upstream", "127.0.0.1:1", "--ui", `${NAME}:0`];
    inspector = await startInspector(args, state.path);
    expect(await statusUnder(NAME)).toBe(200);
    expect(await statusUnder("another.example")).toBe(403);
    const pid = inspector.signalHub("SIGKILL");
    await eventually(() => ![pid, undefined].includes(inspector.hubPid()));
    await eventually(async () => (await statusUnder("another.example")) === 403);
    expect(await statusUnder(NAME)).toBe(200);
  },
);
