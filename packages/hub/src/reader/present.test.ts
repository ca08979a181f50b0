import { expect, test } from "vitest";
import { startRecording } from "../../testing/one-recording.ts";
import { openSession } from "./open-session.ts";

test("the present of a session is by the clock of its messages, however wrong the wall clock is", async () => {
  // Its wall clock says 1970.
  const recording = await startRecording();
  recording.relay.say(1, "host", { invocationRequest: { invocationId: "a", functionId: "f" } });
  recording.ingest();
  const session = openSession(recording.file, { describe: (stored) => ({ ...stored, source: "live" }) });
  const [message] = session.queries.messagesAfter(0, 1).rows;
  const age = (session.info().now ?? 0) - (message?.at ?? 0);
  expect(age).toBeGreaterThan(0);
  expect(age).toBeLessThan(600e9);
  session.close();
  await recording.end();
});
