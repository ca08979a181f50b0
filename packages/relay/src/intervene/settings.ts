import {
  DEFAULT_MAX_FRAME_BYTES,
  DEFAULT_WINDOW_BYTES,
  SETTING_INITIAL_WINDOW_SIZE,
  SETTING_MAX_FRAME_SIZE,
  uint32At,
} from "@inspector/wire/frames";

/** What a receiver asks of those who send to it. RFC 9113, 6.5.2. */
export type FlowSettings = { readonly initialWindow: number; readonly maxFrameBytes: number };

export const DEFAULT_FLOW_SETTINGS: FlowSettings = {
  initialWindow: DEFAULT_WINDOW_BYTES,
  maxFrameBytes: DEFAULT_MAX_FRAME_BYTES,
};

/** Settings on their way: they count from when the other side has acknowledged them, each frame by its own ACK. */
export class PendingSettings {
  current: FlowSettings = DEFAULT_FLOW_SETTINGS;
  readonly #pending: Partial<FlowSettings>[] = [];

  /** Takes a SETTINGS frame's payload. */
  announce(bytes: Uint8Array, start: number, end: number): void {
    let announced: Partial<FlowSettings> = {};
    for (let at = start; at + 6 <= end; at += 6) {
      const setting = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
      const value = uint32At(bytes, at + 2);
      if (setting === SETTING_INITIAL_WINDOW_SIZE) {
        announced = { ...announced, initialWindow: value };
      }
      if (setting === SETTING_MAX_FRAME_SIZE) {
        announced = { ...announced, maxFrameBytes: value };
      }
    }
    this.#pending.push(announced);
  }

  /** The oldest of them counts from now on. Returns by how much windows grow. */
  acknowledge(): number {
    const before = this.current.initialWindow;
    this.current = { ...this.current, ...this.#pending.shift() };
    return this.current.initialWindow - before;
  }
}
