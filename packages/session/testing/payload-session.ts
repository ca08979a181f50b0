/** A session of large payloads, written as a hub writes it. */
import { encodeMessage, messageFromJson } from "@inspector/proto";
import type { Database } from "../src/database.ts";
import { prepareForWriting } from "../src/open-session.ts";
import { createSessionBuilder } from "./session-builder.ts";

/** Megabytes of the message that is too large to be decoded. */
const HUGE = 20;

export type PayloadSession = {
  /** Numbers of its messages. */
  readonly document: number;
  readonly huge: number;
  readonly batch: number;
  readonly bytes: number;
  /** Of a function with a long name, which failed with a long message. */
  readonly failure: number;
};

/**
 * @param database an empty one, of a file
 * @param file for messages about it
 */
export function writePayloadSession(database: Database, file: string): PayloadSession {
  prepareForWriting(database, file, () => ({ id: "payloads", startedAt: Date.UTC(2026, 10, 29), version: "0.1.0" }));
  const builder = createSessionBuilder(database);
  const stream = builder.stream(0);
  let at = 0;
  const say = (from: "host" | "worker", content: object): number => {
    at += 1e6;
    const parsed = messageFromJson(content);
    if (!parsed.ok) {
      throw new Error(`${parsed.path}: ${parsed.reason}`);
    }
    return builder.message(at, stream, from, encodeMessage(parsed.message));
  };
  const send = (id: string, data: object): number =>
    say("host", { invocationRequest: { invocationId: id, functionId: "f", inputData: [{ name: "item", data }] } });
  const items = Array.from({ length: 10_500 }, (_, index) => ({ id: index, note: `needle-${index}` }));
  const numbers = {
    document: send("document", { json: JSON.stringify({ items }) }),
    huge: send("huge", { string: `${"x".repeat(HUGE * 2 ** 20)} a Needle at the end` }),
    batch: send("batch", {
      collectionString: { string: Array.from({ length: 1000 }, (_, index) => JSON.stringify(jsonValue(index))) },
    }),
    bytes: send("bytes", { bytes: Buffer.from("\u0000".repeat(100_000)).toString("base64") }),
  };
  const name = `aFunctionWhoseName${"IsLong".repeat(30)}`;
  say("host", { functionLoadRequest: { functionId: "long", metadata: { name } } });
  const failure = say("host", { invocationRequest: { invocationId: "failure", functionId: "long" } });
  const exception = { message: `it-failed-${"for-a-long-reason-".repeat(60)}` };
  say("worker", { invocationResponse: { invocationId: "failure", result: { status: "Failure", exception } } });
  builder.commit();
  return { ...numbers, failure };
}

/** About 5 KB of JSON with members of their own. */
function jsonValue(index: number): object {
  return Object.fromEntries(
    Array.from({ length: 100 }, (_, member) => [`member${member}`, `value ${index} ${"y".repeat(25)}`]),
  );
}
