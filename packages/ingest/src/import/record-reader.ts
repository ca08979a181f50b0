/**
 * What reads a file of records: `append` what comes of the file, then call `next` until it gives undefined.
 *
 * States: reading -> damaged, where a record cannot be one. A damaged reader gives no more records.
 */
export type RecordReader<Record> = {
  append(bytes: Uint8Array): void;
  /** The next record that is there as a whole. Its bytes are good until the next call of append. */
  next(): Record | undefined;
  /** Why nothing more can be read, whatever comes. */
  readonly damage: string | undefined;
  /** Bytes of a record that is not there as a whole: where the file ends with some, it was cut off. */
  readonly bytesLeft: number;
};
