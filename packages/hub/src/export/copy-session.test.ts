import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redactor } from "@inspector/analysis/redaction/redactor";
import { encodeMessage, messageFromJson, readHead } from "@inspector/proto";
import { createQueries } from "@inspector/session/queries";
import type { Writer } from "@inspector/session/writer";
import { afterAll, describe, expect, test } from "vitest";
import { writeSession } from "../../testing/recorded-session.ts";
import { openForReading } from "../sqlite.ts";
import { copySession, endsOf, learnSecrets } from "./copy-session.ts";

const folder = mkdtempSync(join(tmpdir(), "copy-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A log, and a line of output beside it. */
function say(writer: Writer, text: string): void {
  const parsed = messageFromJson({ rpcLog: { message: text } });
  const bytes = encodeMessage(parsed.ok ? parsed.message : expect.fail("no message"));
  const { kind, ...head } = readHead(bytes);
  const body = writer.bodies.whole(bytes);
  writer.message({ at: 1, stream: 1, side: 1, kind, size: bytes.length, flags: 0, body, ...head });
  writer.event(1, 1, undefined, 2, "process-output", { workerId: "w1", text });
}

describe("a session that is recorded while it is copied", () => {
  test("is copied up to where it was learnt from", async () => {
    const writing = writeSession(join(folder, "live.inspector"));
    writing.batch((writer) => {
      const connection = writer.connection(writer.relay("r", { segment: 0, offset: 0, seq: 0 }).id, 1, 0);
      writer.stream(connection, 1, "/AzureFunctionsRpcMessages.FunctionRpc/EventStream", 0, "{}");
      say(writer, "before");
    });
    const database = openForReading(join(folder, "live.inspector"));
    const redactor = new Redactor({ policy: "safe", own: [], keepsUnknownFields: false });
    const ends = endsOf(database);
    await learnSecrets(database, redactor, ends);
    redactor.seal();
    writing.batch((writer) => say(writer, "behind"));
    const seqs = createQueries(database).column(undefined, 0, 100, ends.message);
    const file = join(folder, "copy.inspector");
    await copySession(database, file, { ends, seqs, isPart: false, redactor, mark: "{}" });
    const copy = openForReading(file);
    expect(
      createQueries(copy)
        .messagesAfter(0, 100)
        .rows.map(({ text }) => text),
    ).toEqual(["before"]);
    expect(
      createQueries(copy)
        .eventsAfter(0)
        .events.map(({ detail }) => detail["text"]),
    ).toEqual(["before"]);
    copy.close();
    database.close();
    writing.close();
  });
});
