/** A file that can be read at any place. */
export type ByteFile = {
  /** As people named it, for what is said of it. */
  readonly name: string;
  /** Without folders. */
  readonly baseName: string;
  readonly size: number;
  /** Fewer bytes where the file ends before. */
  read(at: number, count: number): Promise<Uint8Array>;
  /** Its bytes from one place up to another, the whole file by default. A chunk is good until the next one is asked for. */
  chunks(from?: number, to?: number): AsyncIterable<Uint8Array>;
};

const CHUNK_BYTES = 1024 * 1024;

/** Bytes in memory as a file. */
export function memoryFile(name: string, baseName: string, bytes: Uint8Array): ByteFile {
  return {
    name,
    baseName,
    size: bytes.length,
    read: async (at, count) => bytes.subarray(at, at + count),
    async *chunks(from = 0, to = bytes.length) {
      for (let at = from; at < to; at += CHUNK_BYTES) {
        yield bytes.subarray(at, Math.min(at + CHUNK_BYTES, to));
      }
    },
  };
}
