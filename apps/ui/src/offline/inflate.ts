import type { Inflate } from "@inspector/ingest/import/packing";

/** What is taken in at a time: a thousand times as much may come out before anybody can say stop. */
const PART_BYTES = 16 * 1024;

/** By the browser's own decompression. */
export const inflate: Inflate = async function* (chunks, form) {
  const { readable, writable } = new DecompressionStream(form);
  const reader = readable.getReader();
  const feeding = feed(writable.getWriter(), chunks);
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      yield read.value;
    }
  } catch (cause) {
    // What ended the feeding says more.
    throw (await feeding)?.cause ?? cause;
  } finally {
    await reader.cancel().catch(() => {});
  }
};

/** @returns why not all of it could be fed */
async function feed(
  writer: WritableStreamDefaultWriter<BufferSource>,
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly cause: unknown } | undefined> {
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += PART_BYTES) {
        await writer.write(chunk.slice(at, at + PART_BYTES));
      }
    }
    await writer.close();
    return undefined;
  } catch (cause) {
    await writer.abort(cause).catch(() => {});
    return { cause };
  }
}
