/**
 * Messages, errors and bytes over time, counted while they are written: what the overview is drawn from, however long the
 * session is.
 */
import type { Nanos } from "@inspector/contract/page";
import type { Database } from "./database.ts";

/** Widths of the bins that are kept, finest first, in nanoseconds. */
export const BIN_WIDTHS: readonly [fine: Nanos, coarse: Nanos] = [10_000_000, 1_000_000_000];

export const DENSITY_SCHEMA = `
CREATE TABLE density (
  width INTEGER NOT NULL,
  bin INTEGER NOT NULL,
  stream INTEGER NOT NULL REFERENCES stream(id),
  messages INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (width, bin, stream)
) WITHOUT ROWID;
`;

/** What of a message is counted. */
export type DensityFacts = {
  readonly at: Nanos;
  readonly stream: number;
  readonly size: number;
  readonly status?: number | undefined;
  readonly level?: number | undefined;
};

/** What `is:error` means, in one place for the counts. */
function isError({ status, level }: DensityFacts, isServerError: boolean): boolean {
  return status === 0 || level === 4 || level === 5 || isServerError;
}

type Bin = { readonly bin: number; readonly stream: number; messages: number; errors: number; bytes: number };

/** Counts the messages of a batch and adds them to the table at its end. */
export function createDensity(database: Database): {
  add(message: DensityFacts, isServerError: boolean): void;
  save(): void;
} {
  const upsert = database.prepare(
    `INSERT INTO density (width, bin, stream, messages, errors, bytes) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET messages = messages + excluded.messages, errors = errors + excluded.errors,
       bytes = bytes + excluded.bytes`,
  );
  const [fineWidth, coarseWidth] = BIN_WIDTHS;
  const fine = new Map<string, Bin>();
  // The bin of the message before, which most often is that of the next one too.
  let latest: Bin | undefined;

  function save(width: Nanos, bins: Map<string, Bin>): void {
    for (const { bin, stream, messages, errors, bytes } of bins.values()) {
      upsert.run(width, bin, stream, messages, errors, bytes);
    }
  }

  return {
    add(message, isServerError) {
      const { at, stream, size } = message;
      const bin = Math.floor(at / fineWidth);
      if (latest?.bin !== bin || latest.stream !== stream) {
        latest = binOf(fine, bin, stream);
      }
      latest.messages += 1;
      latest.bytes += size;
      if (isError(message, isServerError)) {
        latest.errors += 1;
      }
    },
    save() {
      const coarse = new Map<string, Bin>();
      for (const { bin, stream, messages, errors, bytes } of fine.values()) {
        const wide = binOf(coarse, Math.floor((bin * fineWidth) / coarseWidth), stream);
        wide.messages += messages;
        wide.errors += errors;
        wide.bytes += bytes;
      }
      save(fineWidth, fine);
      save(coarseWidth, coarse);
      fine.clear();
      latest = undefined;
    },
  };
}

function binOf(bins: Map<string, Bin>, bin: number, stream: number): Bin {
  const key = `${bin} ${stream}`;
  const known = bins.get(key);
  if (known !== undefined) {
    return known;
  }
  const made: Bin = { bin, stream, messages: 0, errors: 0, bytes: 0 };
  bins.set(key, made);
  return made;
}
