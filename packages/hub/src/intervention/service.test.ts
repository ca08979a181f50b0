import { renameSync } from "node:fs";
import { join } from "node:path";
import type { PageAnswer } from "@inspector/reader/page-answer";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RecordedLive, recordLive } from "../../testing/recorded-live.ts";
import { REQUEST, startWorker } from "../../testing/scripted-worker.ts";
import { createService, type Service } from "./service.ts";

let live: RecordedLive;
let service: Service | undefined;

beforeEach(async () => {
  live = await recordLive();
  startWorker(live.relay);
});

afterEach(async () => {
  service?.close();
  await live.close();
});

test("an order that comes before the relay can be reached waits for the line to it", async () => {
  await live.page.until(({ messages }) =>
    messages.find((one) => one.type === "session" && one.session.last >= REQUEST),
  );
  const control = join(live.folder.journals, "j1", "control.sock");
  const away = `${control}.away`;
  renameSync(control, away);
  const answered = new Promise<PageAnswer>((resolve) => {
    const { journals, sessions } = live.folder;
    service = createService({ file: live.folder.file("one"), journals, state: { journals, sessions } }, (message) => {
      if (message.type === "answer") {
        resolve(message.answer);
      }
    });
  });
  const body = { stream: 1, source: { seq: REQUEST } };
  service?.receive({ type: "request", id: 1, method: "POST", path: "replays", body });
  renameSync(away, control);
  expect((await answered).status).toBe(201);
});
