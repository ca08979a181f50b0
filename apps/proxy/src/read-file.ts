/** Reads small files that others made: settings, and what workers and run folders say of themselves. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** No settings file is as large. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The bytes of a file. A pipe would be waited for without end, and without hearing a signal meanwhile, and a device may never end: both
 * are refused, and so is a file above 16 MiB.
 * @throws what the file system says, or why it is not read
 */
export function readPlainFile(file: string): Buffer {
  const fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) {
      throw new Error(`${file} is no regular file`);
    }
    if (stat.size > MAX_BYTES) {
      throw new Error(`${file} has more than ${MAX_BYTES} bytes`);
    }
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** As {@link readPlainFile}, as text in UTF-8. */
export function readPlainText(file: string): string {
  return readPlainFile(file).toString("utf8");
}
