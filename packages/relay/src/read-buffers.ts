/**
 * Memory that a socket reads into, with room around it for a journal record: what arrives is recorded and forwarded from
 * where it lies, without a copy and without a new buffer for each read.
 */
import { type OnReadOpts, Socket, type SocketConstructorOpts } from "node:net";
import { RECORD_HEADER_BYTES, RECORD_OVERHEAD_BYTES } from "@inspector/wire/journal";

/** Where a connection begins, and how far its buffers grow while reads fill them. */
const FIRST_BYTES = 64 * 1024;
const LARGEST_BYTES = 256 * 1024;
/** Buffers of one socket that are kept for use again. */
const MAX_FREE = 4;

/** A payload of up to `capacity` bytes stands at RECORD_HEADER_BYTES of `record`. */
export type ReadBuffer = { readonly record: Buffer; readonly view: DataView; readonly payload: Buffer };

/** Makes a buffer for `capacity` bytes of payload, with room for a record's header before and its trailer behind them. */
export function createReadBuffer(capacity: number): ReadBuffer {
  const record = Buffer.allocUnsafeSlow(capacity + RECORD_OVERHEAD_BYTES);
  return {
    record,
    view: new DataView(record.buffer, record.byteOffset, record.length),
    payload: record.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + capacity),
  };
}

/** Buffers of one socket. Each read goes into the current one; one that is kept comes back by {@link ReadBuffers.giveBack}. */
export type ReadBuffers = {
  /** For the socket's constructor. */
  readonly onread: OnReadOpts;
  /** Called with the buffer that was read into; it is read into again afterwards, unless it was kept. */
  onData: (buffer: ReadBuffer, bytes: number) => void;
  /** The current buffer is still needed: the next read goes elsewhere. */
  keep(): void;
  giveBack(buffer: ReadBuffer): void;
};

/** Begins with a small buffer, which grows where reads fill it. */
export function createReadBuffers(): ReadBuffers {
  let capacity = FIRST_BYTES;
  let current = createReadBuffer(capacity);
  const free: ReadBuffer[] = [];

  function next(): ReadBuffer {
    const taken = free.pop();
    return taken !== undefined && taken.payload.length === capacity ? taken : createReadBuffer(capacity);
  }

  const buffers: ReadBuffers = {
    onread: {
      buffer: () => current.payload,
      callback(bytes) {
        const read = current;
        buffers.onData(read, bytes);
        if (bytes === capacity && capacity < LARGEST_BYTES) {
          capacity *= 2;
          current = next();
        }
        return true;
      },
    },
    onData() {},
    keep() {
      current = next();
    },
    giveBack(buffer) {
      if (free.length < MAX_FREE && buffer.payload.length === capacity) {
        free.push(buffer);
      }
    },
  };
  return buffers;
}

/**
 * Takes over a socket that a server accepted, paused. Only a socket's constructor takes buffers to read into, so the
 * connection moves to one of our own, as the server itself made its: from the handle. The server does not see it close.
 */
export function takeOver(accepted: Socket, { onread }: ReadBuffers): Socket {
  const from = accepted as unknown as { _handle: unknown };
  const handle = from._handle;
  from._handle = null;
  return new Socket({ handle, allowHalfOpen: true, pauseOnCreate: true, onread } as SocketConstructorOpts);
}
