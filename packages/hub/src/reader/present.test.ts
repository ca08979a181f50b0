import { join } from "node:path";
import { expect, test } from "vitest";
import { ingestAll } from "../../testing/ingest-all.ts";
import { startScriptedRelay } from "../../testing/scripted-relay.ts";
import { makeFolder } from "../../testing/served-sessions.ts";
import { openSession } from "./open-session.ts";

test("the present of a session is by the clock of its messages, however wrong the wall clock is", async () => {
  const folder = makeFolder();
  const file = join(folder.sessions, "one.inspector");
  // Its wall clock says 1970.
  const relay = await startScriptedRelay(folder.journals, file);
  relay.open(1);
  relay.say(1, "host", { invocationRequest: { invocationId: "a", functionId: "f" } });
  ingestAll(folder, file);
  const session = openSession(file, { describe: (stored) => ({ ...stored, source: "live" }) });
  const [message] = session.queries.messagesAfter(0, 1).rows;
  const age = (session.info().now ?? 0) - (message?.at ?? 0);
  expect(age).toBeGreaterThan(0);
  expect(age).toBeLessThan(600e9);
  session.close();
  await relay.end();
  folder.remove();
});
