/** Windows of peers that only ever echo. RFC 9113, 5.2. */
import * as http2Writer from "@inspector/testkit/http2-writer";
import { DEFAULT_WINDOW_BYTES, SETTING_INITIAL_WINDOW_SIZE } from "@inspector/wire/frames";

const MAX_WINDOW = 2 ** 31 - 1;

/** What a peer says first: the largest windows there are, so that flow control limits nothing. */
export function opening(isClient: boolean): Buffer {
  const settings = http2Writer.settings([SETTING_INITIAL_WINDOW_SIZE, MAX_WINDOW]);
  const update = http2Writer.windowUpdate(0, MAX_WINDOW - DEFAULT_WINDOW_BYTES);
  return Buffer.concat([...(isClient ? [http2Writer.preface] : []), settings, update]);
}

/** How much the other side takes, on the connection and on each stream. */
export class SendWindows {
  #connection = DEFAULT_WINDOW_BYTES;
  #initial = DEFAULT_WINDOW_BYTES;
  readonly #streams = new Map<number, number>();

  open(stream: number): void {
    this.#streams.set(stream, this.#initial);
  }

  close(stream: number): void {
    this.#streams.delete(stream);
  }

  available(stream: number): number {
    return Math.min(this.#connection, this.#streams.get(stream) ?? 0);
  }

  spend(stream: number, bytes: number): void {
    this.#connection -= bytes;
    this.#streams.set(stream, (this.#streams.get(stream) ?? 0) - bytes);
  }

  takeUpdate(stream: number, payload: Buffer): void {
    const bytes = payload.readUInt32BE(0);
    if (stream === 0) {
      this.#connection += bytes;
    } else if (this.#streams.has(stream)) {
      this.#streams.set(stream, (this.#streams.get(stream) ?? 0) + bytes);
    }
  }

  takeSettings(payload: Buffer): void {
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (payload.readUInt16BE(at) !== SETTING_INITIAL_WINDOW_SIZE) {
        continue;
      }
      const initial = payload.readUInt32BE(at + 2);
      for (const [stream, window] of this.#streams) {
        this.#streams.set(stream, window + initial - this.#initial);
      }
      this.#initial = initial;
    }
  }
}

/** Counts what was received and says when it is time to give it back: seldom, since windows are huge. */
export class Credit {
  readonly #received = new Map<number, number>();

  /** @returns the bytes to credit, or 0. */
  take(stream: number, bytes: number): number {
    const received = (this.#received.get(stream) ?? 0) + bytes;
    const isDue = received > MAX_WINDOW / 4;
    this.#received.set(stream, isDue ? 0 : received);
    return isDue ? received : 0;
  }

  close(stream: number): void {
    this.#received.delete(stream);
  }
}
