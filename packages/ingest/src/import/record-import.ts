/** Brings a file into a session, record by record. */
import type { RecordReader } from "./record-reader.ts";

/** What makes something of the records of a format. */
export type RecordImport<Record> = {
  add(record: Record): void;
  /** No record follows. */
  finish(): void;
  /** What to say where no message came of it: "it tells of no message". */
  readonly explanation: string;
  /** What else is worth a sentence; undefined for nothing. */
  readonly remark?: string | undefined;
};

/** A file on its way into a session: `append` what comes of it, call `takeNext` until it gives false, then `finish`. */
export type FileImport = Pick<RecordReader<unknown>, "append" | "damage" | "bytesLeft"> &
  Pick<RecordImport<unknown>, "finish" | "explanation" | "remark"> & {
    /** @returns false where no record is there as a whole */
    takeNext(): boolean;
  };

export function importRecords<Record>(reader: RecordReader<Record>, records: RecordImport<Record>): FileImport {
  return {
    append: (bytes) => reader.append(bytes),
    takeNext() {
      const next = reader.next();
      if (next !== undefined) {
        records.add(next);
      }
      return next !== undefined;
    },
    finish: () => records.finish(),
    get damage() {
      return reader.damage;
    },
    get bytesLeft() {
      return reader.bytesLeft;
    },
    get explanation() {
      return records.explanation;
    },
    get remark() {
      return records.remark;
    },
  };
}
