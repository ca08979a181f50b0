/** Where a format is written to. */
export type Sink = {
  /** May be slow: the next is written when this one is taken. @throws where it cannot be written */
  write(content: string | Uint8Array): void | Promise<void>;
};
