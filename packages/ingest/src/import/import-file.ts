/** A file that another program wrote, on its way into a session. */
import { InspectorError } from "@inspector/contract/inspector-error";
import type { ForeignFormat, ImportOptions } from "./foreign-formats.ts";
import { ImportedSession, type ImportTarget } from "./imported-session.ts";

export type ImportedFile = {
  /** As people named it, for what is said of it. */
  readonly name: string;
  /** Without folders: it becomes part of the session. */
  readonly baseName: string;
  /** In nanoseconds since the Unix epoch. */
  readonly modifiedAt: bigint;
  /** Its content, unpacked. */
  readonly chunks: AsyncIterable<Uint8Array>;
};

/**
 * Makes a session of a file, in the caller's database.
 * @returns what to say of it, a sentence each; the first says how much it is
 * @throws {InspectorError} "not-a-session" where no message comes of it; what the target's `betweenBatches` throws
 */
export async function importFile(
  format: ForeignFormat,
  { name, baseName, modifiedAt, chunks }: ImportedFile,
  target: ImportTarget,
  options: ImportOptions = {},
): Promise<readonly string[]> {
  const { kind } = format;
  const into = new ImportedSession(target, { name: baseName, kind });
  const records = format.begin(into, options, modifiedAt);
  for await (const chunk of chunks) {
    records.append(chunk);
    while (records.takeNext()) {
      await into.pause();
    }
    if (records.damage !== undefined) {
      break;
    }
  }
  records.finish();
  const problem = records.damage ?? (records.bytesLeft > 0 ? "it is cut off" : undefined);
  const { messages } = into;
  if (messages === 0) {
    throw new InspectorError(
      "not-a-session",
      `${name} is ${kind} without a message: ${problem ?? records.explanation}`,
      { hint: "It has to hold a worker's connection from its beginning, without TLS." },
    );
  }
  await into.finish();
  return [
    `${messages} messages of ${kind}`,
    ...(problem === undefined ? [] : [`${problem}: what stands before that was read`]),
    ...(records.remark === undefined ? [] : [records.remark]),
  ];
}
